"""How fast Parley is, measured on this machine against its peers; `make bench` runs it all."""
