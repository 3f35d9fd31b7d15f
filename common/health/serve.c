/* HTTP, by libmicrohttpd, whose one owner this file is. It waits by epoll and never blocks: a slow client holds only its own connection, and not for long. */
#include "health/serve.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define CONNECTIONS 256
#define IDLE_SECONDS 5
#define REQUEST_BYTES 8192
#define PAGE_BYTES 65536

struct serve {
	struct MHD_Daemon *daemon;
	struct sockaddr_storage address;
	uint16_t port;
	bool ready;
	struct buf words, metrics;
};

/* --- where --- */

/* [ADDR]:PORT, ADDR:PORT, PORT */
static bool cut_place(struct str place, struct str *address, struct str *port)
{
	size_t colon = place.n;
	while (colon > 0 && place.p[colon - 1] != ':')
		colon--;
	*port = (struct str){ place.p + colon, place.n - colon };
	*address = colon == 0 ? STR("127.0.0.1") : (struct str){ place.p, colon - 1 };
	if (str_starts(*address, "[") && address->p[address->n - 1] == ']')
		*address = (struct str){ address->p + 1, address->n - 2 };
	int64_t number;
	return address->n > 0 && num_int_in(*port, 0, 65535, &number);
}

static int find_address(struct serve *s, const char *place, struct err *e)
{
	struct str address, port;
	struct addrinfo *found = NULL, hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM };
	bool good = cut_place(str_of(place), &address, &port);
	char *host = good ? mem_strdup(address) : NULL, *service = good ? mem_strdup(port) : NULL;
	good = good && getaddrinfo(host, service, &hints, &found) == 0;
	if (good)
		memcpy(&s->address, found->ai_addr, found->ai_addrlen);
	if (found)
		freeaddrinfo(found);
	free(host);
	free(service);
	return good ? 0 : err_set(e, ROS_USAGE, "--listen: '%s' is not ADDR:PORT or PORT, with an address in numbers", place);
}

bool serve_is_open(const struct serve *s)
{
	if (s->address.ss_family == AF_INET6)
		return !IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)&s->address)->sin6_addr);
	return ntohl(((const struct sockaddr_in *)&s->address)->sin_addr.s_addr) >> 24 != 127;
}

/* --- what --- */

static enum MHD_Result answer(struct MHD_Connection *c, unsigned status, const char *type, struct str body)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(body.n, (void *)body.p, MHD_RESPMEM_MUST_COPY);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	enum MHD_Result rc = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return rc;
}

static enum MHD_Result handle(void *arg, struct MHD_Connection *c, const char *path, const char *method, const char *version,
                              const char *upload, size_t *upload_size, void **state)
{
	(void)version, (void)upload, (void)upload_size, (void)state;
	static const char plain[] = "text/plain; charset=utf-8";
	const struct serve *s = arg;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return answer(c, MHD_HTTP_METHOD_NOT_ALLOWED, plain, STR("only GET and HEAD\n"));
	if (strcmp(path, "/healthz") == 0)
		return answer(c, MHD_HTTP_OK, plain, STR("alive\n"));
	if (strcmp(path, "/readyz") == 0)
		return answer(c, s->ready ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, plain, buf_view(&s->words));
	if (strcmp(path, "/metrics") == 0)
		return answer(c, MHD_HTTP_OK, "application/openmetrics-text; version=1.0.0; charset=utf-8", buf_view(&s->metrics));
	return answer(c, MHD_HTTP_NOT_FOUND, plain, STR("/healthz, /readyz or /metrics\n"));
}

void serve_set(struct serve *s, bool ready, struct str words, struct str metrics)
{
	s->ready = ready;
	buf_clear(&s->words);
	buf_str(&s->words, words);
	buf_clear(&s->metrics);
	buf_str(&s->metrics, metrics);
}

/* --- life --- */

/* What clients do wrong is no matter of ours. */
static void ignore_log(void *arg, const char *fmt, va_list args)
{
	(void)arg, (void)fmt, (void)args;
}

int serve_open(struct serve **out, const char *place, struct err *e)
{
	struct serve *s = mem_alloc(sizeof *s);
	buf_init(&s->words, PAGE_BYTES);
	buf_init(&s->metrics, PAGE_BYTES);
	serve_set(s, false, STR("no check has ended yet\n"), STR("# EOF\n"));
	*out = s;
	if (find_address(s, place, e) < 0)
		return -1;
	unsigned flags = MHD_USE_EPOLL | MHD_USE_ERROR_LOG | (s->address.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0);
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, handle, s, MHD_OPTION_EXTERNAL_LOGGER, ignore_log, NULL, MHD_OPTION_SOCK_ADDR,
	                             (struct sockaddr *)&s->address, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
	                             MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	                             (size_t)REQUEST_BYTES, MHD_OPTION_END);
	if (!s->daemon)
		return err_sys(e, ROS_UNREACHABLE, "cannot listen on %s", place);
	s->port = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
	return 0;
}

void serve_close(struct serve *s)
{
	if (!s)
		return;
	if (s->daemon)
		MHD_stop_daemon(s->daemon);
	buf_free(&s->words);
	buf_free(&s->metrics);
	free(s);
}

uint16_t serve_port(const struct serve *s)
{
	return s->port;
}

int serve_fd(const struct serve *s)
{
	return MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

int serve_patience(const struct serve *s)
{
	MHD_UNSIGNED_LONG_LONG ms;
	return MHD_get_timeout(s->daemon, &ms) == MHD_YES ? (int)(ms < INT32_MAX ? ms : INT32_MAX) : -1;
}

void serve_run(struct serve *s)
{
	MHD_run(s->daemon);
}
