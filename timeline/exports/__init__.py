"""What a selection is written as: one module for each format, of plain functions from rows to text."""
