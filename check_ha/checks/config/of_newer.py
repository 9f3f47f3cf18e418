"""Settings that an older corosync does not know yet: it keeps them, and does nothing with them, without a word."""

import re
from typing import Iterator

from check_ha.checks.config.settings import Settings
from check_ha.checks.config.unwise import IGNORED, keys
from check_ha.core.finding import Finding
from check_ha.core.wording import joined

_OF_2 = (
    r"nodelist(?=\.node\.)|quorum\.(?:device(?=\.)|wait_for_all|auto_tie_breaker(?:_node)?|last_man_standing"
    r"|allow_downscale)|totem\.crypto_(?:cipher|hash)"
)
_OF_3 = r"totem\.(?:link_mode|crypto_model|knet_\w+)|totem\.interface\.(?:[0-9]+\.)?knet_\w+"
_TRANSPORTS = ("udp", "udpu", "iba")


def of_newer(settings: Settings) -> Iterator[Finding]:
    """Yield what corosync 1.4 and 2 ignore of what newer ones have, and the transport that they take for udp."""
    if settings.major >= 3:
        return
    name = "corosync 1.4" if settings.major == 1 else "corosync 2"
    newer = f"{_OF_3}|{_OF_2}" if settings.major == 1 else _OF_3
    matches = [re.match(rf"({newer})(?:\.|$)", key) for key in settings.keys]
    found = tuple(dict.fromkeys(match[1] for match in matches if match))
    if found:
        yield Finding(IGNORED, f"{name} does not know {joined(found)}, and ignores that", keys(*found))
    transport = settings.keys.get("totem.transport", "udp")
    if transport not in _TRANSPORTS:
        text = f"{name} does not know transport {transport}, and uses {settings.transport}"
        yield Finding(IGNORED, text, keys("totem.transport"))
