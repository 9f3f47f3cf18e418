"""The parts that every CIB has, by their names in it; a Pacemaker ACL may hide each of them from a user.

A module of its own: every check needs these names, and few need the records of the CIB.
"""

ATTRIBUTES = "attributes"
"""Those of the root element."""
CRM_CONFIG = "crm_config"
NODES = "nodes"
RESOURCES = "resources"
CONSTRAINTS = "constraints"
STATUS = "status"
