"""What is made from the code: README tables, NRPE and monitoring server configuration, man pages, completion.

``python -m generators`` writes anew every such file of this checkout; a test fails when one of them and the
code disagree. None of this is installed.
"""
