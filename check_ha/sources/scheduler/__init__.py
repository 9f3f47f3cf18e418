"""Pacemaker's scheduler: asked what the cluster would look like."""
