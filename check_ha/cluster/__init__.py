"""What several checks ask of the model: nodes, resources, links, virtual addresses, fence history."""
