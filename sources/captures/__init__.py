"""Captures: what a page was when we read it, in files that nobody can exchange unseen.

`warc` writes and reads them, `uploads` vets what editors bring, `storing` keeps them, `chain` ties them together.
They are shown to editors and never served to readers.
"""
