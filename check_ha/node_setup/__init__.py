"""What check_ha_setup puts in place on a cluster node so that NRPE may ask it, and how it takes that away again.

``node`` finds out what this node is like, ``plan`` compares what should be there with what is, ``apply`` changes it.
"""
