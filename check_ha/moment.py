"""datetime, without its twin in Python, which Python before 3.12 loads first and then throws away: 0.8 ms a check."""

TYPE_CHECKING = False  # without typing, which check_ha_collect does without

if TYPE_CHECKING:
    from datetime import datetime as datetime
    from datetime import timedelta as timedelta
    from datetime import timezone as timezone
else:
    try:
        import _datetime as _made
    except ImportError:  # no CPython
        import datetime as _made
    datetime, timedelta, timezone = _made.datetime, _made.timedelta, _made.timezone
