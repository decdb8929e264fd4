"""Copies of pages in public archives: found near a day, made on request, looked up again.

`copies` has what there is to ask and what comes back, `installed` the archives of this installation. A run looks like
this; no archive is asked faster than its limits say, as long as one set of archives serves the whole run::

    limits = archive_limits()
    async with Fetcher(limits=fetch_limits(limits)) as fetcher:
        search = await nearest_of(archives_of(limits, fetcher), url, day)
"""
