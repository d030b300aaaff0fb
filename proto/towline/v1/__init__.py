"""Messages and clients of the gRPC contract `towline.v1`, generated from the ``*.proto`` files beside this one."""
