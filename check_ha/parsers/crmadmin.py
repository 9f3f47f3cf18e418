"""``crmadmin --pacemakerd --output-as=xml`` (2.1.0 and later): what pacemakerd says of itself."""

from check_ha.model.node import Launcher
from check_ha.parsers.errors import ParseError
from check_ha.parsers.xml import parse_document, start_tag


def parse_crmadmin(data: bytes) -> Launcher:
    """Return the state of pacemakerd; 2.1.5::

    <pacemaker-result api-version="2.25" request="crmadmin --pacemakerd --output-as=xml">
      <pacemakerd sys_from="pacemakerd" state="running" last_updated="2026-11-23 04:07:07Z"/>
      <status code="0" message="OK"/>
    </pacemaker-result>
    """
    root = parse_document(data)
    launcher = root.find("pacemakerd")
    state = None if launcher is None else launcher.get("state")
    if launcher is None or not state:
        raise ParseError("crmadmin: no state of pacemakerd", start_tag(root if launcher is None else launcher))
    return Launcher(state, launcher.get("sys_from") or "")
