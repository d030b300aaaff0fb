"""What other programs import of Towline: the gRPC contract, `towline.v1`."""
