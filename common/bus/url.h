/*
 * Bus URLs: redis://[user[:password]@][host][:port][/db], rediss:// likewise, unix://[user[:password]@]/path.sock[?db=N], file:///path.
 * User and password are percent-decoded and end at the last '@'; paths are absolute, lest the bus depend on the working
 * directory, and taken as they are, so that any file's name can be written.
 */
#ifndef ROS_BUS_URL_H
#define ROS_BUS_URL_H

#include "base/err.h"

#include <stddef.h>

enum url_scheme { URL_TCP, URL_TLS, URL_UNIX, URL_FILE };

struct url {
	enum url_scheme scheme;
	char *user, *password; /* NULL where absent */
	char *host, *port;     /* URL_TCP and URL_TLS; without the brackets of an IPv6 address */
	char *path;            /* URL_UNIX and URL_FILE */
	int db;
};

/* Fills *u, to be freed in either case. Error (ROS_CONFIG): never with user or password in it. */
int url_parse(const char *text, struct url *u, struct err *e);
void url_free(struct url *u); /* overwrites the password */

/* The URL without user and password, cut to size. */
void url_name(const char *text, char *out, size_t size);

/* Overwrites user and password in the text, for process lists show a command line to everybody. */
void url_hide(char *text);

#endif
