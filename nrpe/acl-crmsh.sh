# Lets the user of NRPE, who must be a member of haclient, read the CIB and not change it: once, on one node. From
# enable-acl on, members of haclient without a role may neither read nor write it. root and hacluster always may. The
# role hides parameters whose names say password, and shows all others. No role keeps a member of haclient from fencing
# a node (stonith_admin --reboot) or from setting node attributes, fail counts among them; a user that uses sudo instead
# need not be a member.
crm configure role check_ha deny xpath:'//nvpair[contains(@name,\"passw\")]' read xpath:/cib
crm configure acl_target nagios check_ha
crm configure property enable-acl=true
