/* TLS over a connected socket, by OpenSSL: a driver of transport.h. */
#ifndef ROS_BUS_TLS_H
#define ROS_BUS_TLS_H

#include "bus/transport.h"

/*
 * Makes the connected plain transport one of TLS: handshake up to the deadline; the server's certificate must be of a trusted authority, valid now, and for
 * `host`, a name or an address. Errors: ROS_CONFIG what only a person mends, ROS_UNREACHABLE the connection was lost, ROS_LATER the deadline. After one the transport is
 * to be closed.
 */
int tls_begin(struct transport *t, const char *host, const struct bus_tls *tls, int64_t deadline, struct err *e);

#endif
