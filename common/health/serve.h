/*
 * The latest check over HTTP (libmicrohttpd): /healthz, that the process lives; /readyz, 200 or 503 with words; /metrics, OpenMetrics. What is served was
 * made beforehand, so that no request starts a check. One thread: the caller waits for the descriptor, and lets it run.
 */
#ifndef ROS_HEALTH_SERVE_H
#define ROS_HEALTH_SERVE_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct serve; /* opaque */

/*
 * `place` is ADDR:PORT, [ADDR]:PORT or PORT alone, which is of 127.0.0.1; ADDR is a number, port 0 any that is free. Errors: ROS_USAGE where it is none;
 * ROS_UNREACHABLE where it cannot be had.
 */
int serve_open(struct serve **s, const char *place, struct err *e);
void serve_close(struct serve *s); /* NULL is fine */

/* The port, and whether others than this host may reach it. */
uint16_t serve_port(const struct serve *s);
bool serve_is_open(const struct serve *s);

/* What is served from now on; the texts are copied. */
void serve_set(struct serve *s, bool ready, struct str words, struct str metrics);

/* Readable when there is something to do; and at the latest after so many milliseconds there is (-1: never). */
int serve_fd(const struct serve *s);
int serve_patience(const struct serve *s);
void serve_run(struct serve *s);

#endif
