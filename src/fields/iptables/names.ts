/** Protocol and service names as getprotobyname() and getservbyname() give them on a Debian host. */
