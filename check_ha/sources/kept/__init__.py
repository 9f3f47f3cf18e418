"""What check_ha_collect keeps from call to call: root's, in a folder of root's in ``/run``.

``streams`` are for the user of the checks, for seconds; ``facts`` are for root alone, until something has changed.
"""
