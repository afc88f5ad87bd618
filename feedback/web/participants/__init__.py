"""What participants see: pages from a link, without a cookie, a script or a name."""
