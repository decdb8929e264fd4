"""The record as files (``data/README.md`` describes them): reading, checking, writing and dumping.

``loading.load`` and ``dumping.dump`` are the two ways in. Inside: ``form`` says what each file holds,
``reading`` takes the files apart, ``checking`` finds what is wrong, ``rows`` turns entries into rows of
tables, ``merging`` writes the rows that differ.
"""
