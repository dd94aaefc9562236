"""Reading what a stranger sent in a process that can be killed, sees nothing else, and takes no more than it may."""
