"""The workers and edges of the mesh; each service has the same rooms."""
