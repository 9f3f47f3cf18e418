# Lets the user of NRPE, who must be a member of haclient, read the cluster and change nothing: once, on one node.
# From enable-acl on, members of haclient without a role may neither read nor write. root and hacluster always may.
crm configure role check_ha read xpath:/cib
crm configure acl_target nagios check_ha
crm configure property enable-acl=true
