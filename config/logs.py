"""How what is logged is shortened."""

import logging

LONGEST = 200


class InOneLine(logging.Filter):
    """Takes the traceback off a record, and what is too long: anybody can cause it, as often as they like."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args, record.exc_info = record.getMessage()[:LONGEST], (), None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
