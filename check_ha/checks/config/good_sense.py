"""What corosync takes and an admin regrets: settings that work until the first failure."""

from typing import Iterator

from check_ha.checks.config.settings import Settings
from check_ha.checks.config.unwise import (
    IGNORED,
    NO_ENCRYPTION,
    NO_PROVIDER,
    NO_TWO_NODE,
    NO_WAIT_FOR_ALL,
    QDEVICE_SETTINGS,
    SINGLE_LINK,
    VOTES_DIFFER,
    Seen,
)
from check_ha.checks.config.unwise_links import no_encryption, single_link
from check_ha.checks.config.unwise_quorum import (
    device_settings,
    ignored,
    no_provider,
    no_two_node,
    no_wait_for_all,
    votes_differ,
)
from check_ha.core.finding import Finding

CONDITIONS = (
    SINGLE_LINK, NO_TWO_NODE, NO_WAIT_FOR_ALL, VOTES_DIFFER, NO_PROVIDER, QDEVICE_SETTINGS, NO_ENCRYPTION, IGNORED
)  # fmt: skip

_UNSEEN = Seen()


def unwise(settings: Settings, loadable: bool = True, seen: Seen = _UNSEEN) -> Iterator[Finding]:
    """Yield all that is unwise, what costs most first.

    While the file is not ``loadable`` no step ends with loading it, or with a restart.
    """
    if not settings.keys.get("quorum.provider"):
        yield no_provider(settings, seen)
    else:
        yield from no_two_node(settings, loadable, seen)
        yield from votes_differ(settings, loadable, seen)
        yield from no_wait_for_all(settings, loadable)
        yield from device_settings(settings)
        yield from ignored(settings, seen)
    yield from single_link(settings, seen)
    yield from no_encryption(settings, loadable, seen)
