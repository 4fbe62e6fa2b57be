"""What may be said on the mesh, where, by whom: the contracts every service and every outside producer shares."""
