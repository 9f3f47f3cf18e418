"""Who has the tickets of a geo cluster, and can they still move?"""
