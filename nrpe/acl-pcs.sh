# Lets the user of NRPE, who must be a member of haclient, read the cluster and change nothing: once, on one node.
# From enable-acl on, members of haclient without a role may neither read nor write. root and hacluster always may.
pcs acl role create check_ha read xpath /cib
pcs acl user create nagios check_ha
pcs acl enable
