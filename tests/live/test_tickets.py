"""check_ha_tickets on two sites and an arbitrator with the real booth between them: grant, cut, take over, revoke."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from tests.lab import wait_until
from tests.lab.geo import TICKET, Geo, Site

from .verdict import Verdict, install_on, judge, left_behind

pytestmark = pytest.mark.cluster

CHECK = "check_ha_tickets"
GRANT = f"booth grant {TICKET}"


@pytest.fixture
def geo(runs_here: None) -> Iterator[Geo]:
    if not Path("/usr/lib/ocf/resource.d/pacemaker/booth-site").exists():
        pytest.skip(
            "The geo cluster needs: apt-get install --no-install-recommends booth booth-pacemaker build-essential"
        )
    with Geo() as made:
        install_on([*made.sites, made.arbitrator])
        yield made


def said(site: Site, *arguments: str, user: str = "root") -> Verdict:
    verdict = judge(site, CHECK, arguments, user)
    assert verdict is not None
    return verdict


def says(site: Site, state: str, *words: str, seconds: float = 30) -> str:
    """Wait until it says that; return the whole output."""

    def told() -> str:
        verdict = said(site, "-v")
        assert verdict.state == state, verdict.output
        assert [one for one in words if one not in verdict.output] == [], verdict.output
        return verdict.output

    return wait_until(told, seconds, f"{CHECK} on {site.name} is {state}")


def sites_of(geo: Geo) -> str:
    """What the comparison says of the views of both."""
    for site in geo.sites:
        geo.arbitrator.write(f"/run/{site.name}", site.must("check_ha_view"))
    given = [f"--from={site.name}=/run/{site.name}" for site in geo.sites]
    return geo.arbitrator.run(["check_ha_sites", *given]).stdout.partition(" | ")[0]


def test_a_ticket_is_granted_lost_taken_over_and_revoked(geo: Geo) -> None:
    one, other = geo.sites
    assert GRANT in says(one, "CRITICAL", f"{TICKET} is granted to no site", "and p_app needs it")
    one.must(*GRANT.split())  # as is advised
    says(one, "OK", f"1 ticket: {TICKET} here; booth hears 192.0.2.2, 192.0.2.3")
    says(other, "OK", f"1 ticket: {TICKET} at 192.0.2.1; booth hears 192.0.2.1")
    # who may not read the authfile is told so; as root it is judged
    assert (
        said(one, user="monitor").text == "user monitor may not run booth; to allow it: run it as root or with --sudo"
    )
    one.write("/etc/sudoers.d/monitor", "monitor ALL=(root) NOPASSWD: /usr/local/bin/check_ha_collect\n", mode="440")
    assert said(one, "--sudo", user="monitor").state == "OK"

    geo.cut(one)
    says(one, "CRITICAL", "ticketA is granted to no site that this one knows of", "booth list -s 192.0.2.2")
    says(other, "WARNING", f"{TICKET}: here", "site 192.0.2.1 has been silent for")
    wait_until(lambda: other.runs("p_app"), 20, "the service runs at the other site")
    assert sites_of(geo) == f"HA_SITES OK - 2 sites, 1 ticket: {TICKET} at lyon (node2)"
    geo.mend(one)
    says(one, "OK", f"{TICKET} at 192.0.2.2")
    one.must("booth", "list", "-s", "192.0.2.2")  # as was advised

    other.must("booth", "revoke", TICKET)
    assert GRANT in says(one, "CRITICAL", f"{TICKET} is granted to no site")
    one.must("crm_ticket", "--ticket", TICKET, "--grant", "--force")
    assert GRANT in says(one, "WARNING", f"{TICKET} was granted here past booth")
    one.must(*GRANT.split())  # as is advised
    one.must("crm_ticket", "--ticket", TICKET, "--standby")
    activate = f"crm_ticket --ticket {TICKET} --activate"
    assert activate in says(one, "WARNING", f"{TICKET} is in standby: p_app may not run")
    one.must(*activate.split())  # as is advised
    says(one, "OK", f"{TICKET} here")
    assert left_behind(one) == ""
