"""Monitoring checks for Pacemaker and Corosync clusters.

The way of the data, one package a step::

    sources      where tool output comes from: this node, or a recorded directory
    parsers      text in, the immutable records of ``model`` out, or a ParseError
    judgement    what a verdict is made of: conditions, findings, options, evidence
    checks       one module a check: evidence and options in, findings out
    commandline  arguments, output, exit codes; nagiosplugin lives here

No step reaches back, and nothing in ``parsers``, ``model``, ``judgement`` or
``checks`` reads a file, runs a tool or looks at the clock.
"""

__version__ = "0.1.0"
