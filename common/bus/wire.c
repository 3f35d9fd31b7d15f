/*
 * Requests and replies. hiredis' reader parses; its callbacks append to the reply's list, in the order in which values
 * stand on the wire, so that parents need no pointers to their children.
 */
#include "bus/wire.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/timefmt.h"
#include "bus/transport.h"

#include <hiredis/hiredis.h>
#include <poll.h>

#define REPLY_TEXT_MAX ((size_t)1 << 30)
#define RECEIVE_BYTES ((size_t)1 << 16)

struct wire {
	const struct url *url;
	const char *server, *password;
	const struct bus_tls *tls;
	int timeout_ms;
	struct transport conn;
	bool heard; /* something came over it */
	redisReader *reader;
	struct str unsent;
	size_t outstanding; /* replies that have not been taken */
	int64_t deadline;
	struct buf hello; /* AUTH and SELECT */
	struct reply scratch;
	char received[RECEIVE_BYTES];
};

/* --- replies --- */

void reply_init(struct reply *r)
{
	*r = (struct reply){ 0 };
	buf_init(&r->text, REPLY_TEXT_MAX);
}

void reply_free(struct reply *r)
{
	free(r->v);
	buf_free(&r->text);
	reply_init(r);
}

void reply_clear(struct reply *r)
{
	r->n = 0;
	buf_clear(&r->text);
}

/* hiredis takes the result for the value's object: anything but NULL. */
static void *reply_add(const redisReadTask *task, struct reply_value v)
{
	struct reply *r = task->privdata;
	if (!buf_ok(&r->text))
		return NULL;
	if (r->n == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 64;
		r->v = mem_grow(r->v, r->cap, sizeof *r->v);
	}
	r->v[r->n++] = v;
	return r;
}

static void *add_text(const redisReadTask *task, char *p, size_t n)
{
	struct reply *r = task->privdata;
	size_t at = r->text.n;
	buf_add(&r->text, p, n);
	enum reply_type type = task->type == REDIS_REPLY_ERROR ? REPLY_ERROR : REPLY_TEXT;
	return reply_add(task, (struct reply_value){ .type = type, .at = at, .n = n });
}

static void *add_list(const redisReadTask *task, int n)
{
	return reply_add(task, (struct reply_value){ .type = REPLY_LIST, .number = n });
}

static void *add_int(const redisReadTask *task, long long v)
{
	return reply_add(task, (struct reply_value){ .type = REPLY_INT, .number = v });
}

static void *add_nil(const redisReadTask *task)
{
	return reply_add(task, (struct reply_value){ .type = REPLY_NIL });
}

/* The list belongs to the caller of wire_reply(). */
static void keep(void *object)
{
	(void)object;
}

static redisReplyObjectFunctions reply_functions = {
	.createString = add_text,
	.createArray = add_list,
	.createInteger = add_int,
	.createNil = add_nil,
	.freeObject = keep,
};

struct reply_at reply_start(const struct reply *r)
{
	return (struct reply_at){ r, 0 };
}

static struct reply_value value_at(struct reply_at at)
{
	return at.i < at.r->n ? at.r->v[at.i] : (struct reply_value){ .type = REPLY_NIL };
}

void reply_skip(struct reply_at *at)
{
	for (int64_t left = 1; left > 0 && at->i < at->r->n; left--) {
		struct reply_value v = at->r->v[at->i++];
		if (v.type == REPLY_LIST)
			left += v.number;
	}
}

struct str reply_text(struct reply_at *at)
{
	struct reply_value v = value_at(*at);
	reply_skip(at);
	return v.type == REPLY_TEXT ? (struct str){ buf_cstr(&at->r->text) + v.at, v.n } : (struct str){ NULL, 0 };
}

int64_t reply_int(struct reply_at *at)
{
	struct reply_value v = value_at(*at);
	reply_skip(at);
	return v.type == REPLY_INT ? v.number : 0;
}

int64_t reply_list(struct reply_at *at)
{
	struct reply_value v = value_at(*at);
	if (v.type == REPLY_LIST)
		at->i++;
	else
		reply_skip(at);
	return v.type == REPLY_LIST ? v.number : 0;
}

static struct str error_text(const struct reply *r)
{
	struct reply_value v = value_at(reply_start(r));
	return v.type == REPLY_ERROR ? (struct str){ buf_cstr(&r->text) + v.at, v.n } : (struct str){ NULL, 0 };
}

void reply_append(struct reply *r, struct str text)
{
	buf_str(&r->text, text);
	r->v[0].n += text.n;
}

bool reply_fails(const struct reply *r, const char *prefix)
{
	struct str text = error_text(r);
	return text.p && str_starts(text, prefix);
}

/* What time mends. All else is for a person: authentication, permission, wrong type, a server that lacks a command. */
static enum ros_status error_class(const struct reply *r)
{
	static const char *const transient[] = {
		"LOADING",
		"MASTERDOWN",
		"READONLY",
		"CLUSTERDOWN",
		"OOM",
		"MISCONF",
		"NOREPLICAS",
		"BUSY",
		"TRYAGAIN",
		"EXECABORT",
		"NOGROUP",   /* a read makes the group anew, */
		"UNBLOCKED", /* and the stream */
		"ERR max number of clients",
	};
	for (size_t i = 0; i < sizeof transient / sizeof *transient; i++)
		if (reply_fails(r, transient[i]))
			return ROS_LATER;
	return ROS_CONFIG;
}

/* An unknown command is answered with its first arguments: event content has no place in a message. */
static struct str without_arguments(struct str text)
{
	static const char mark[] = ", with args";
	const char *at = memmem(text.p, text.n, mark, strlen(mark));
	return at ? (struct str){ text.p, (size_t)(at - text.p) } : text;
}

int reply_check(const struct reply *r, const char *server, struct err *e)
{
	struct str text = error_text(r);
	if (!text.p)
		return 0;
	return err_set(e, error_class(r), "%s: %.*s", server, STR_ARG(without_arguments(text)));
}

/* --- requests --- */

void request_begin(struct buf *out, size_t n_args)
{
	buf_char(out, '*');
	buf_int(out, (int64_t)n_args);
	buf_add(out, "\r\n", 2);
}

void request_arg(struct buf *out, struct str arg)
{
	buf_char(out, '$');
	buf_int(out, (int64_t)arg.n);
	buf_add(out, "\r\n", 2);
	buf_str(out, arg);
	buf_add(out, "\r\n", 2);
}

void request_add(struct buf *out, const struct str *args, size_t n)
{
	request_begin(out, n);
	for (size_t i = 0; i < n; i++)
		request_arg(out, args[i]);
}

/* "*3" or "$5" and CR LF. */
static size_t read_count(struct str *rest)
{
	struct str line;
	int64_t n = 0;
	*rest = str_cut(*rest, '\n', &line);
	if (line.n > 2)
		num_int_in((struct str){ line.p + 1, line.n - 2 }, 0, INT64_MAX, &n);
	return (size_t)n;
}

size_t request_read(struct str *requests, struct str *args, size_t max)
{
	size_t n = read_count(requests);
	for (size_t i = 0; i < n; i++) {
		size_t bytes = read_count(requests);
		if (i < max)
			args[i] = (struct str){ requests->p, bytes };
		*requests = (struct str){ requests->p + bytes + 2, requests->n - bytes - 2 };
	}
	return n < max ? n : max;
}

/* --- the connection --- */

struct wire *wire_new(const struct url *url, const char *server, const struct bus_settings *s)
{
	struct wire *w = mem_alloc(sizeof *w);
	w->url = url;
	w->server = server;
	w->password = url->password ? url->password : s->password;
	w->tls = &s->tls;
	w->timeout_ms = s->timeout_ms;
	buf_init(&w->hello, 1 << 16);
	reply_init(&w->scratch);
	return w;
}

static void disconnect(struct wire *w)
{
	transport_close(&w->conn);
	if (w->reader)
		redisReaderFree(w->reader);
	w->reader = NULL;
	w->unsent = (struct str){ NULL, 0 };
	w->outstanding = 0;
}

void wire_free(struct wire *w)
{
	if (!w)
		return;
	disconnect(w);
	buf_wipe(&w->hello);
	reply_free(&w->scratch);
	free(w);
}

static int lost(struct wire *w, struct err *e)
{
	disconnect(w);
	if (!w->heard && w->url->scheme == URL_TCP && transport_speaks_tls(w->url))
		err_set(e, ROS_CONFIG, "%s speaks TLS: its URL starts with rediss://", w->server);
	return -1;
}

static int too_late(struct wire *w, struct err *e)
{
	disconnect(w);
	return err_set(e, ROS_LATER, "no answer from %s within %d ms", w->server, w->timeout_ms);
}

static int garbled(struct wire *w, struct err *e)
{
	struct err why;
	err_set(&why, ROS_CONFIG, "%s does not speak Redis' protocol: %s", w->server, w->reader->errstr);
	if (w->reader->err == REDIS_ERR_OOM)
		err_set(&why, ROS_LATER, "%s: a reply of more than %zu bytes: ask for fewer entries at once", w->server,
		        REPLY_TEXT_MAX);
	disconnect(w);
	return err_set(e, why.status, "%s", why.text);
}

/* AUTH and SELECT in one write; each answered. */
static int greet(struct wire *w, struct err *e)
{
	size_t n = 0;
	buf_clear(&w->hello);
	if (w->password) {
		request_begin(&w->hello, w->url->user ? 3 : 2);
		request_arg(&w->hello, STR("AUTH"));
		if (w->url->user)
			request_arg(&w->hello, str_of(w->url->user));
		request_arg(&w->hello, str_of(w->password));
		n++;
	}
	if (w->url->db != 0) {
		char db[16];
		snprintf(db, sizeof db, "%d", w->url->db);
		request_add(&w->hello, (struct str[]){ STR("SELECT"), str_of(db) }, 2);
		n++;
	}
	wire_send(w, buf_view(&w->hello), n);
	int rc = 0;
	for (; n > 0 && rc == 0; n--)
		if (wire_reply(w, &w->scratch, e) < 0 || reply_check(&w->scratch, w->server, e) < 0)
			rc = -1;
	buf_wipe(&w->hello);
	if (rc < 0)
		disconnect(w);
	return rc;
}

static int reconnect(struct wire *w, struct err *e)
{
	disconnect(w);
	w->heard = false;
	if (transport_open(&w->conn, w->url, w->tls, w->server, w->deadline, e) < 0)
		return -1;
	w->reader = redisReaderCreateWithFunctions(&reply_functions);
	if (!w->reader)
		mem_fatal("out of memory");
	w->reader->maxbuf = 0; /* keeps its buffer */
	return greet(w, e);
}

/* A call that an error ended early left replies behind; a server that was restarted closed the connection meanwhile. */
int wire_begin(struct wire *w, struct err *e)
{
	w->deadline = time_monotonic_ms() + w->timeout_ms;
	if (transport_connected(&w->conn) && w->outstanding == 0 && transport_idle(&w->conn))
		return 0;
	return reconnect(w, e);
}

void wire_send(struct wire *w, struct str requests, size_t n_replies)
{
	if (w->outstanding > 0) /* wire_push() came before */
		w->deadline = time_monotonic_ms() + w->timeout_ms;
	w->unsent = requests;
	w->outstanding = n_replies;
}

ssize_t wire_push(struct wire *w, struct str requests, struct err *e)
{
	w->outstanding = 1; /* at least: who begins another call meanwhile gets a connection of its own */
	ssize_t n = transport_send(&w->conn, requests.p, requests.n, e);
	return n < 0 ? lost(w, e) : n;
}

static int send_some(struct wire *w, struct err *e)
{
	if (w->unsent.n == 0)
		return 0;
	ssize_t n = transport_send(&w->conn, w->unsent.p, w->unsent.n, e);
	if (n < 0)
		return lost(w, e);
	w->unsent = (struct str){ w->unsent.p + n, w->unsent.n - (size_t)n };
	return 0;
}

static int receive_some(struct wire *w, struct err *e)
{
	ssize_t n = transport_receive(&w->conn, w->received, sizeof w->received, e);
	if (n < 0)
		return lost(w, e);
	w->heard |= n > 0;
	if (n > 0 && redisReaderFeed(w->reader, w->received, (size_t)n) != REDIS_OK)
		return garbled(w, e);
	return 0;
}

/* Sends and receives side by side: a server whose answers nobody takes stops reading. */
static int move_bytes(struct wire *w, struct err *e)
{
	if (send_some(w, e) < 0)
		return -1;
	short events = (short)(POLLIN | (w->unsent.n > 0 ? POLLOUT : 0));
	if (transport_wait(&w->conn, events, w->deadline, false) == WAIT_TIMEOUT)
		return too_late(w, e);
	return receive_some(w, e);
}

int wire_reply(struct wire *w, struct reply *r, struct err *e)
{
	reply_clear(r);
	w->reader->privdata = r;
	for (;;) {
		void *done = NULL;
		if (redisReaderGetReply(w->reader, &done) != REDIS_OK)
			return garbled(w, e);
		if (done)
			break;
		if (move_bytes(w, e) < 0)
			return -1;
	}
	w->outstanding--;
	return 0;
}

int wire_await(struct wire *w, int ms, struct err *e)
{
	w->deadline += ms;
	for (;;) {
		if (send_some(w, e) < 0)
			return -1;
		bool sent = w->unsent.n == 0;
		switch (transport_wait(&w->conn, sent ? POLLIN : POLLOUT, w->deadline, true)) {
		case WAIT_STOP:
			disconnect(w);
			return 0;
		case WAIT_TIMEOUT:
			return too_late(w, e);
		case WAIT_READY:
			if (sent)
				return 1;
		}
	}
}
