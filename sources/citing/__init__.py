"""How a source is cited: one module for each format. CSL-JSON is the inner form from which the others derive."""
