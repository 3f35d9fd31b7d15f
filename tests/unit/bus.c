/*
 * The bus: one suite that runs against both drivers, then what only one of them has. A private redis-server on a unix
 * socket dies with this process; every test has streams of its own.
 */
#include "bus/bus.h"

#include "../lib/unit.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/timefmt.h"
#include "bus/id.h"
#include "bus/letter.h"
#include "bus/transport.h"
#include "bus/url.h"
#include "db/db.h"
#include "io/wait.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_MS 10000
#define MANY 100000
#define BATCH 1000

static char dir[64], redis_url[128], file_url[128], socket_path[104];
static const char *url; /* of the driver under test */
static pid_t server;

/* --- processes --- */

static bool on_redis(void)
{
	return url == redis_url;
}

/* Runs a command without output; whether it ended with 0. */
static bool run(const char *const *argv)
{
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	int status = -1;
	waitpid(pid, &status, 0);
	return status == 0;
}

#define CLI(...) run((const char *const[]){ "redis-cli", "-e", "-s", socket_path, __VA_ARGS__, NULL })

static void start_server(void)
{
	unlink(socket_path);
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", socket_path, "--save", "",
		       "--appendonly", "no", "--dir", dir, "--logfile", "redis.log", (char *)NULL);
		_exit(127);
	}
	for (int64_t end = time_monotonic_ms() + TIMEOUT_MS; !CLI("PING") && time_monotonic_ms() < end;)
		wait_fd(-1, 0, 10);
}

static void stop_server(void)
{
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
}

/* Until the process sleeps in a wait. */
static void wait_asleep(pid_t pid)
{
	char path[64], text[512];
	snprintf(path, sizeof path, "/proc/%d/wchan", (int)pid);
	for (int64_t end = time_monotonic_ms() + TIMEOUT_MS; time_monotonic_ms() < end; wait_fd(-1, 0, 5)) {
		FILE *f = fopen(path, "r");
		size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
		text[n] = '\0';
		if (f)
			fclose(f);
		if (strstr(text, "poll"))
			return;
	}
}

static bool ended_well(pid_t pid)
{
	int status = -1;
	waitpid(pid, &status, 0);
	return status == 0;
}

/* --- a bus and what it gave --- */

static char stream[32], dead[40];

static void fresh_streams(void)
{
	static int n;
	snprintf(stream, sizeof stream, "s:%d", ++n);
	snprintf(dead, sizeof dead, "%s:dead", stream);
}

static struct bus_settings settings(void)
{
	return (
	    struct bus_settings){ .url = url, .stream = stream, .group = "g", .dead = dead, .timeout_ms = TIMEOUT_MS };
}

static struct bus *open_bus_as(const struct bus_settings *s)
{
	struct bus *b;
	struct err e;
	if (bus_open(&b, s, &e) < 0)
		printf("# %s\n", e.text);
	return b;
}

static struct bus *open_bus(void)
{
	struct bus_settings s = settings();
	return open_bus_as(&s);
}

static struct bus *open_group(const char *group)
{
	struct bus_settings s = settings();
	s.group = group;
	return open_bus_as(&s);
}

/* What callbacks saw. */
struct seen {
	int n, lost, refused;
	char ids[4000][ID_TEXT];
	int64_t deliveries[4000];
	size_t n_fields;  /* of the last entry */
	struct buf value; /* of field v of the last entry */
	struct buf names; /* of the last entry, each with a space */
	char lost_id[ID_TEXT];
	enum ros_status why; /* of the last refusal */
};

static struct seen *seen_new(void)
{
	struct seen *s = calloc(1, sizeof *s);
	buf_init(&s->value, 1 << 24);
	buf_init(&s->names, 1 << 16);
	return s;
}

static void seen_free(struct seen *s)
{
	buf_free(&s->value);
	buf_free(&s->names);
	free(s);
}

static void note_id(struct seen *s, struct str id)
{
	if (s->n < 4000)
		snprintf(s->ids[s->n], ID_TEXT, "%.*s", STR_ARG(id));
	s->n++;
}

static int see(void *arg, const struct bus_entry *entry, struct err *e)
{
	(void)e;
	struct seen *s = arg;
	if (s->n < 4000)
		s->deliveries[s->n] = entry->deliveries;
	note_id(s, entry->id);
	s->n_fields = entry->n_fields;
	buf_clear(&s->value);
	buf_str(&s->value, bus_entry_get(entry, "v"));
	buf_clear(&s->names);
	for (size_t i = 0; i < entry->n_fields; i++) {
		buf_str(&s->names, entry->fields[i].name);
		buf_char(&s->names, ' ');
	}
	return 0;
}

static void see_reply(void *arg, struct str id, const struct err *why)
{
	struct seen *s = arg;
	if (why) {
		s->refused++;
		s->why = why->status;
		CHECK(id.p == NULL);
	}
	note_id(s, id);
}

static void see_lost(void *arg, struct str id)
{
	struct seen *s = arg;
	s->lost++;
	snprintf(s->lost_id, ID_TEXT, "%.*s", STR_ARG(id));
}

static int append(struct bus *b, struct str value)
{
	struct entry_field fields[] = { { STR("type"), STR("t") }, { STR("v"), value }, { STR("data"), STR("{}") } };
	return bus_append(b, fields, 3, NULL);
}

/* Publishes n entries whose field v is 0, 1, ...; their ids are in *s. */
static void publish(struct bus *b, int n, struct seen *s)
{
	s->n = 0;
	for (int i = 0; i < n; i++) {
		char text[16];
		snprintf(text, sizeof text, "%d", i);
		CHECK_INT(append(b, str_of(text)), 0);
	}
	CHECK_INT(bus_settle(b, see_reply, s, NULL), 0);
	CHECK_INT(s->n, n);
	CHECK_INT(s->refused, 0);
}

static int read_new(struct bus *b, const char *consumer, int count, struct seen *s)
{
	s->n = 0;
	int n = bus_read_new(b, consumer, count, 0, see, s, NULL);
	CHECK_INT(s->n, n);
	return n;
}

static int read_own(struct bus *b, const char *consumer, const char *after, int count, struct seen *s)
{
	s->n = 0;
	int n = bus_read_own(b, consumer, str_of(after), count, see, s, NULL);
	CHECK_INT(s->n, n);
	return n;
}

static int range(struct bus *b, const char *from, const char *to, int count, struct seen *s)
{
	s->n = 0;
	int n = bus_range(b, str_of(from), str_of(to), count, see, s, NULL);
	CHECK_INT(s->n, n);
	return n;
}

static int letters(struct bus *b, const char *from, int count, struct seen *s)
{
	s->n = 0;
	int n = bus_dead_range(b, str_of(from), STR("+"), count, see, s, NULL);
	CHECK_INT(s->n, n);
	return n;
}

static struct bus_info info_of(struct bus *b)
{
	struct bus_info info;
	CHECK_INT(bus_info(b, &info, NULL), 0);
	return info;
}

static int64_t trim(struct bus *b)
{
	return bus_trim(b, INT64_MAX, NULL);
}

static int ack_one(struct bus *b, const char *id)
{
	struct str s = str_of(id);
	return bus_ack(b, &s, 1, NULL);
}

static bool ascending(const struct seen *s)
{
	for (int i = 1; i < s->n && i < 4000; i++) {
		struct entry_id a, b;
		if (!id_parse(str_of(s->ids[i - 1]), 0, &a) || !id_parse(str_of(s->ids[i]), 0, &b) || id_cmp(a, b) >= 0)
			return false;
	}
	return true;
}

static void change_file(const char *sql)
{
	struct db *db;
	CHECK_INT(db_open(&db, file_url + strlen("file://"), DB_WRITE, 1000, NULL), 0);
	CHECK_INT(db_exec(db, sql, NULL), 0);
	db_close(db);
}

/* Takes an entry out of the stream although it is pending: what a producer that trims by MAXLEN does. */
static void remove_entry(const char *id)
{
	if (on_redis()) {
		CHECK(CLI("XDEL", stream, id));
		return;
	}
	struct entry_id parsed;
	char sql[256];
	id_parse(str_of(id), 0, &parsed);
	snprintf(sql, sizeof sql,
	         "DELETE FROM entry WHERE (ms, seq) = (%" PRIu64 ", %" PRIu64
	         ") AND stream = (SELECT id FROM stream WHERE name = '%s')",
	         parsed.ms, parsed.seq, stream);
	change_file(sql);
}

/* --- both drivers --- */

static void appended_entries_get_growing_ids(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new(), *r = seen_new();
	CHECK_INT(bus_settle(b, see_reply, s, NULL), 0);
	CHECK_INT(s->n, 0);
	publish(b, 3, s);
	CHECK(ascending(s));
	CHECK_INT(range(b, "-", "+", 10, r), 3);
	for (int i = 0; i < 3; i++)
		CHECK_STR(str_of(r->ids[i]), s->ids[i]);
	CHECK_STR(buf_view(&r->value), "2");
	CHECK_STR(buf_view(&r->names), "type v data ");
	CHECK_INT(r->deliveries[0], 0);
	CHECK_INT(info_of(b).length, 3);
	CHECK(!info_of(b).group);
	struct err e;
	CHECK_INT(bus_append(b, NULL, 0, &e), -1);
	bus_close(b);
	seen_free(s);
	seen_free(r);
}

static void values_are_bytes(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	static char large[(1 << 20) + 1];
	memset(large, '\n', sizeof large);
	struct str values[] = { STR("a\0b"), STR(" \r\n$3\r\n%s"), STR("\xff\xfe"), STR(""), { large, sizeof large } };
	for (size_t i = 0; i < 5; i++) {
		CHECK_INT(append(b, values[i]), 0);
		CHECK_INT(bus_settle(b, see_reply, s, NULL), 0);
		CHECK_INT(read_new(b, "c", 10, s), 1);
		CHECK(str_eq(buf_view(&s->value), values[i]));
	}
	bus_close(b);
	seen_free(s);
}

static void a_group_starts_at_the_first_entry(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	publish(b, 5, s);
	CHECK_INT(bus_group_create(b, NULL), 0);
	CHECK_INT(bus_group_create(b, NULL), 0);
	CHECK(info_of(b).group);
	CHECK_INT(read_new(b, "c", 2, s), 2);
	CHECK_STR(buf_view(&s->value), "1");
	CHECK_INT(s->deliveries[0], 1);
	CHECK_INT(bus_group_create(b, NULL), 0); /* does not begin anew */
	CHECK_INT(read_new(b, "c", 10, s), 3);
	CHECK_INT(read_new(b, "c", 10, s), 0);
	bus_close(b);
	seen_free(s);
}

static void a_missing_group_is_made_by_reading(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	char cursor[ID_TEXT] = "0-0";
	CHECK_INT(read_own(b, "c", "0", 10, s), 0);
	publish(b, 2, s);
	CHECK_INT(read_new(b, "c", 10, s), 2);
	struct bus *other = open_group("claims");
	CHECK_INT(bus_claim(other, "c", 0, cursor, 10, see, see_lost, s, NULL), 0);
	CHECK_STR(str_of(cursor), "0-0");
	bus_close(other);
	other = open_group("nobody's");
	CHECK_INT(ack_one(other, s->ids[0]), 0);
	bus_close(other);
	bus_close(b);
	seen_free(s);
}

static void two_consumers_share(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new(), *t = seen_new();
	publish(b, 7, s);
	CHECK_INT(read_new(b, "one", 3, s), 3);
	CHECK_INT(read_new(b, "two", 10, t), 4);
	CHECK(strcmp(s->ids[2], t->ids[0]) != 0);
	CHECK_INT(read_own(b, "one", "0", 10, t), 3);
	CHECK_STR(str_of(t->ids[0]), s->ids[0]);
	CHECK_INT(read_own(b, "three", "0", 10, t), 0);
	bus_close(b);
	seen_free(s);
	seen_free(t);
}

static void entries_are_pending_until_acknowledged(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	publish(b, 4, s);
	CHECK_INT(read_new(b, "c", 10, s), 4);
	CHECK_INT(info_of(b).pending, 4);
	struct str ids[] = { str_of(s->ids[0]), STR("1-1"), str_of(s->ids[2]) };
	CHECK_INT(bus_ack(b, ids, 3, NULL), 2);
	CHECK_INT(bus_ack(b, ids, 3, NULL), 0);
	CHECK_INT(bus_ack(b, ids, 0, NULL), 0);
	CHECK_INT(info_of(b).pending, 2);
	struct err e;
	ids[1] = STR("1x");
	CHECK_INT(bus_ack(b, ids, 3, &e), -1);
	CHECK_INT(e.status, ROS_INPUT);
	CHECK_INT(info_of(b).length, 4);
	bus_close(b);
	seen_free(s);
}

static void own_entries_come_again_and_are_counted(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new(), *own = seen_new();
	publish(b, 5, s);
	CHECK_INT(read_new(b, "c", 10, s), 5);
	CHECK_INT(read_own(b, "c", "0", 2, own), 2);
	CHECK_INT(own->deliveries[0], 2);
	CHECK_STR(str_of(own->ids[1]), s->ids[1]);
	CHECK_INT(read_own(b, "c", own->ids[1], 10, own), 3);
	CHECK_STR(str_of(own->ids[0]), s->ids[2]);
	CHECK_INT(own->deliveries[0], 2);
	CHECK_INT(ack_one(b, s->ids[1]), 1);
	CHECK_INT(read_own(b, "c", "0-0", 10, own), 4);
	CHECK_INT(own->deliveries[0], 3);
	CHECK_INT(own->deliveries[1], 3);
	CHECK_STR(buf_view(&own->value), "4");
	bus_close(b);
	seen_free(s);
	seen_free(own);
}

static void idle_entries_can_be_claimed(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new(), *t = seen_new();
	char cursor[ID_TEXT] = "0-0";
	publish(b, 3, s);
	read_new(b, "one", 10, s);
	read_own(b, "one", s->ids[1], 10, t); /* the last one a second time */
	t->n = 0;
	CHECK_INT(bus_claim(b, "two", TIME_HOUR_MS, cursor, 10, see, see_lost, t, NULL), 0);
	CHECK_STR(str_of(cursor), "0-0");
	CHECK_INT(bus_claim(b, "two", 0, cursor, 2, see, see_lost, t, NULL), 2);
	CHECK_STR(str_of(cursor), s->ids[2]);
	CHECK_INT(t->deliveries[0], 2);
	CHECK_INT(bus_claim(b, "two", 0, cursor, 2, see, see_lost, t, NULL), 1);
	CHECK_STR(str_of(cursor), "0-0");
	CHECK_INT(t->deliveries[2], 3);
	CHECK_STR(buf_view(&t->value), "2");
	CHECK_INT(t->lost, 0);
	CHECK_INT(read_own(b, "one", "0", 10, t), 0);
	CHECK_INT(read_own(b, "two", "0", 10, t), 3);
	bus_close(b);
	seen_free(s);
	seen_free(t);
}

static void a_claim_carries_its_cursor_over(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	char cursor[ID_TEXT] = "0-0";
	publish(b, 300, s);
	CHECK_INT(read_new(b, "one", 1000, s), 300);
	s->n = 0;
	CHECK_INT(bus_claim(b, "two", TIME_HOUR_MS, cursor, 5, see, see_lost, s, NULL), 0);
	int calls = 1;
	for (; strcmp(cursor, "0-0") != 0 && calls < 100; calls++)
		CHECK_INT(bus_claim(b, "two", TIME_HOUR_MS, cursor, 5, see, see_lost, s, NULL), 0);
	CHECK_INT(calls, on_redis() ? 1 : 6); /* the file looks at 50 a call, Redis at what is idle */
	do
		CHECK(bus_claim(b, "two", 0, cursor, 10, see, see_lost, s, NULL) >= 0);
	while (strcmp(cursor, "0-0") != 0 && s->n < 1000);
	CHECK_INT(s->n, 300);
	CHECK(ascending(s));
	struct err e;
	snprintf(cursor, sizeof cursor, "none");
	CHECK_INT(bus_claim(b, "two", 0, cursor, 10, see, see_lost, s, &e), -1);
	bus_close(b);
	seen_free(s);
}

static void pending_entries_that_are_gone_are_told(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new(), *t = seen_new();
	char cursor[ID_TEXT] = "0-0";
	publish(b, 3, s);
	read_new(b, "one", 10, s);
	remove_entry(s->ids[1]);
	CHECK_INT(read_own(b, "one", s->ids[0], 1, t), 1);
	CHECK_STR(str_of(t->ids[0]), s->ids[1]);
	CHECK_INT(t->n_fields, 0);
	CHECK_INT(t->deliveries[0], 1);
	CHECK_INT(bus_claim(b, "two", TIME_HOUR_MS, cursor, 10, see, see_lost, t, NULL), 0);
	CHECK_INT(bus_claim(b, "one", 0, cursor, 10, see, see_lost, t, NULL), 2);
	CHECK_INT(t->lost, 0); /* neither before its time nor to its own consumer */
	for (int round = 1; round <= 2; round++) {
		t->n = 0;
		CHECK_INT(bus_claim(b, "two", 0, cursor, 10, see, see_lost, t, NULL), 2);
		CHECK_INT(t->lost, round);
		CHECK_STR(str_of(t->lost_id), s->ids[1]);
		CHECK_INT(t->deliveries[0], 2 + round);
		CHECK_INT(info_of(b).pending, 3);
	}
	CHECK_INT(ack_one(b, s->ids[1]), 1);
	CHECK_INT(bus_claim(b, "two", 0, cursor, 10, see, see_lost, t, NULL), 2);
	CHECK_INT(t->lost, 2);
	bus_close(b);
	seen_free(s);
	seen_free(t);
}

/* Every page of a claim may be gone. */
static void what_is_gone_does_not_end_a_claim(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new(), *t = seen_new();
	char cursor[ID_TEXT] = "0-0";
	int calls = 0;
	publish(b, 7, s);
	read_new(b, "one", 10, s);
	for (int i = 0; i < 6; i++)
		remove_entry(s->ids[i]);
	do
		CHECK(bus_claim(b, "two", 0, cursor, 2, see, see_lost, t, NULL) >= 0);
	while (strcmp(cursor, "0-0") != 0 && ++calls < 10);
	CHECK_INT(t->lost, 6);
	CHECK_INT(t->n, 1);
	CHECK_STR(buf_view(&t->value), "6");
	bus_close(b);
	seen_free(s);
	seen_free(t);
}

static void dead_letters_leave_the_group(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new(), *t = seen_new();
	publish(b, 4, s);
	read_new(b, "c", 10, s);
	CHECK_INT(bus_dead(b, str_of(s->ids[0]), STR("bad-type"), BUS_KEEP_ALL, NULL), 1);
	CHECK_INT(bus_dead(b, str_of(s->ids[1]), STR("not-json"), BUS_KEEP_DIGEST, NULL), 1);
	CHECK_INT(bus_dead(b, str_of(s->ids[1]), STR("not-json"), BUS_KEEP_DIGEST, NULL), 0); /* once is enough */
	remove_entry(s->ids[2]);
	CHECK_INT(bus_dead(b, str_of(s->ids[2]), STR("gone"), BUS_KEEP_ALL, NULL), 1);
	CHECK_INT(bus_dead(b, STR("77-7"), STR("never"), BUS_KEEP_ALL, NULL), 0);
	CHECK_INT(bus_dead(b, str_of(s->ids[3]), STR("phi"), BUS_KEEP_NOTHING, NULL), 1);
	CHECK_INT(info_of(b).dead, 3);
	CHECK_INT(info_of(b).pending, 0);
	CHECK_INT(info_of(b).length, on_redis() ? 3 : 4); /* the test removes from the file behind its back */

	CHECK_INT(letters(b, "-", 1, t), 1);
	CHECK_STR(buf_view(&t->names), "type v data reason original_id ");
	char first[ID_TEXT + 1];
	snprintf(first, sizeof first, "(%s", t->ids[0]);
	CHECK_INT(letters(b, first, 1, t), 1);
	CHECK_STR(buf_view(&t->names), "type v data_sha256 reason original_id ");
	CHECK_STR(buf_view(&t->value), "1");
	snprintf(first, sizeof first, "(%s", t->ids[0]);
	CHECK_INT(letters(b, first, 10, t), 1);
	CHECK_STR(buf_view(&t->names), "reason original_id ");
	bus_close(b);
	seen_free(s);
	seen_free(t);
}

static int check_letter(void *arg, const struct bus_entry *entry, struct err *e)
{
	(void)e;
	char hash[SHA256_TEXT];
	struct sha256 digest = sha256_of(STR("{}"));
	sha256_format(&digest, hash);
	CHECK_STR(bus_entry_get(entry, "data_sha256"), hash);
	CHECK_STR(bus_entry_get(entry, "reason"), "utf8");
	CHECK_STR(bus_entry_get(entry, "original_id"), arg);
	CHECK(bus_entry_get(entry, "absent").p == NULL);
	return 0;
}

static void a_dead_letter_says_where_it_came_from(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	publish(b, 1, s);
	read_new(b, "c", 1, s);
	CHECK_INT(bus_dead(b, str_of(s->ids[0]), STR("utf8"), BUS_KEEP_DIGEST, NULL), 1);
	CHECK_INT(bus_dead_range(b, STR("-"), STR("+"), 10, check_letter, s->ids[0], NULL), 1);
	bus_close(b);
	seen_free(s);
}

/* Publishes n entries and moves them to the dead letters, whose ids are in *s. */
static void bury(struct bus *b, int n, enum bus_keep keep, struct seen *s)
{
	publish(b, n, s);
	read_new(b, "c", n, s);
	for (int i = 0; i < n; i++)
		CHECK_INT(bus_dead(b, str_of(s->ids[i]), STR("enum"), keep, NULL), 1);
	CHECK_INT(letters(b, "-", n, s), n);
}

static void a_dead_letter_can_be_requeued(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new(), *t = seen_new();
	bury(b, 2, BUS_KEEP_ALL, s);
	publish(b, 1, t);
	CHECK_INT(bus_dead_requeue(b, str_of(s->ids[1]), NULL), 0);
	CHECK_INT(info_of(b).dead, 1);
	CHECK_INT(info_of(b).length, 4);
	CHECK_INT(read_new(b, "c", 10, t), 2);
	CHECK(ascending(t));
	CHECK_STR(buf_view(&t->names), "type v data ");
	CHECK_STR(buf_view(&t->value), "1");
	CHECK_INT(t->deliveries[1], 1);
	struct err e;
	CHECK_INT(bus_dead_requeue(b, str_of(s->ids[1]), &e), -1);
	CHECK_INT(e.status, ROS_REFUSED);
	CHECK(strstr(e.text, s->ids[1]) != NULL);
	CHECK_INT(info_of(b).length, 4);
	CHECK_INT(bus_dead_requeue(b, STR("x"), &e), -1);
	CHECK_INT(e.status, ROS_INPUT);
	bus_close(b);
	seen_free(s);
	seen_free(t);
}

static void a_letter_without_data_cannot_be_requeued(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	struct err e;
	bury(b, 1, BUS_KEEP_DIGEST, s);
	CHECK_INT(bus_dead_requeue(b, str_of(s->ids[0]), &e), -1);
	CHECK_INT(e.status, ROS_REFUSED);
	CHECK(strstr(e.text, s->ids[0]) != NULL);
	CHECK_INT(info_of(b).dead, 1);
	CHECK_INT(info_of(b).length, 1);
	bus_close(b);
	seen_free(s);
}

static void a_dead_letter_can_be_dropped(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	struct err e;
	CHECK_INT(bus_dead_drop(b, STR("1-1"), &e), -1);
	CHECK_INT(e.status, ROS_REFUSED);
	bury(b, 2, BUS_KEEP_ALL, s);
	CHECK_INT(bus_dead_drop(b, str_of(s->ids[0]), NULL), 0);
	CHECK_INT(bus_dead_drop(b, str_of(s->ids[0]), &e), -1);
	CHECK_INT(e.status, ROS_REFUSED);
	CHECK_STR(str_of(e.text + strlen(e.text) - strlen(s->ids[0])), s->ids[0]);
	CHECK_INT(info_of(b).dead, 1);
	CHECK_INT(info_of(b).length, 2);
	CHECK_INT(bus_dead_drop(b, STR("1 1"), &e), -1);
	CHECK_INT(e.status, ROS_INPUT);
	bus_close(b);
	seen_free(s);
}

static void a_range_has_partial_and_excluded_ends(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new(), *r = seen_new();
	publish(b, 50, s);
	char text[2 * ID_TEXT], ms[ID_TEXT];
	CHECK_INT(range(b, s->ids[10], s->ids[19], 100, r), 10);
	CHECK_INT(range(b, s->ids[10], "+", 7, r), 7);
	CHECK_STR(str_of(r->ids[6]), s->ids[16]);
	snprintf(text, sizeof text, "(%s", s->ids[10]);
	CHECK_INT(range(b, text, s->ids[19], 100, r), 9);
	CHECK_STR(str_of(r->ids[0]), s->ids[11]);
	snprintf(text, sizeof text, "(%s", s->ids[19]);
	CHECK_INT(range(b, s->ids[10], text, 100, r), 9);
	snprintf(ms, sizeof ms, "%.*s", (int)strcspn(s->ids[25], "-"), s->ids[25]);
	CHECK(range(b, ms, ms, 100, r) >= 1); /* all of that millisecond */
	bool found = false;
	for (int i = 0; i < r->n; i++) {
		CHECK(strncmp(r->ids[i], ms, strlen(ms)) == 0);
		found = found || strcmp(r->ids[i], s->ids[25]) == 0;
	}
	CHECK(found);
	CHECK_INT(range(b, "-", "18446744073709551615-18446744073709551615", 100, r), 50);
	CHECK_INT(range(b, s->ids[5], s->ids[4], 100, r), 0);
	CHECK_INT(range(b, "-", "+", 0, r), 0);
	struct err e;
	CHECK_INT(bus_range(b, STR("yesterday"), STR("+"), 1, see, r, &e), -1);
	CHECK_INT(e.status, ROS_INPUT);
	bus_close(b);
	seen_free(s);
	seen_free(r);
}

static void a_range_can_be_read_from_its_end(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new(), *r = seen_new();
	publish(b, 50, s);
	char before[2 * ID_TEXT];
	CHECK_INT(bus_range_back(b, STR("-"), STR("+"), 3, see, r, NULL), 3);
	for (int i = 0; i < 3; i++)
		CHECK_STR(str_of(r->ids[i]), s->ids[49 - i]);
	CHECK_STR(buf_view(&r->value), "47");
	CHECK_INT(r->deliveries[0], 0);
	snprintf(before, sizeof before, "(%s", r->ids[2]);
	r->n = 0;
	CHECK_INT(bus_range_back(b, str_of(s->ids[10]), str_of(before), 100, see, r, NULL), 37);
	CHECK_STR(str_of(r->ids[0]), s->ids[46]);
	CHECK_STR(str_of(r->ids[36]), s->ids[10]);
	CHECK_INT(bus_range_back(b, str_of(s->ids[5]), str_of(s->ids[4]), 100, see, r, NULL), 0);
	CHECK_INT(bus_range_back(b, STR("-"), STR("+"), 0, see, r, NULL), 0);
	CHECK_INT(bus_range_back(b, STR("-"), STR("tomorrow"), 1, see, r, NULL), -1);
	bus_close(b);
	seen_free(s);
	seen_free(r);
}

static void following_takes_nothing_from_a_group(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new(), *r = seen_new();
	CHECK_INT(bus_follow(b, STR("-"), 10, 20, see, r, NULL), 0);
	publish(b, 5, s);
	char after[2 * ID_TEXT];
	CHECK_INT(bus_follow(b, STR("-"), 2, 30000, see, r, NULL), 2);
	CHECK_STR(str_of(r->ids[0]), s->ids[0]);
	CHECK_INT(r->deliveries[0], 0);
	CHECK_INT(bus_follow(b, str_of(s->ids[3]), 10, 30000, see, r, NULL), 2); /* that id included */
	snprintf(after, sizeof after, "(%s", s->ids[3]);
	CHECK_INT(bus_follow(b, str_of(after), 10, 30000, see, r, NULL), 1);
	CHECK_INT(bus_follow(b, STR("(18446744073709551615-18446744073709551615"), 10, 0, see, r, NULL), -1);
	CHECK_INT(bus_follow(b, STR("+"), 10, 0, see, r, NULL), 0);
	CHECK(!info_of(b).group);
	bus_close(b);
	seen_free(s);
	seen_free(r);
}

static void what_others_trimmed_away_holds_nothing_back(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	publish(b, 5, s);
	read_new(b, "c", 10, s);
	remove_entry(s->ids[0]);
	remove_entry(s->ids[1]); /* both are pending, and gone */
	CHECK_INT(ack_one(b, s->ids[2]) + ack_one(b, s->ids[3]), 2);
	CHECK_INT(trim(b), 2);
	CHECK_INT(ack_one(b, s->ids[4]), 1);
	CHECK_INT(trim(b), 1);
	CHECK_INT(info_of(b).pending, 2);
	CHECK_INT(trim(b), 0); /* an empty stream */
	bus_close(b);
	seen_free(s);
}

static void trimming_leaves_what_a_group_needs(void)
{
	struct bus *b = open_bus(), *slow = open_group("slow");
	struct seen *s = seen_new(), *t = seen_new();
	CHECK_INT(trim(b), 0); /* no stream */
	publish(b, 10, s);
	CHECK_INT(trim(b), 0); /* no groups */
	CHECK_INT(read_new(b, "c", 10, t), 10);
	CHECK_INT(trim(b), 0); /* all is pending */
	CHECK_INT(ack_one(b, t->ids[0]) + ack_one(b, t->ids[1]) + ack_one(b, t->ids[3]), 3);
	CHECK_INT(bus_group_create(slow, NULL), 0);
	CHECK_INT(trim(b), 0); /* slow has had nothing */
	CHECK_INT(read_new(slow, "c", 9, t), 9);
	for (int i = 0; i < 8; i++)
		CHECK_INT(ack_one(slow, t->ids[i]), 1);
	CHECK_INT(trim(b), 2); /* entry 2 is pending in g */
	CHECK_INT(range(b, "-", "+", 100, t), 8);
	CHECK_STR(str_of(t->ids[0]), s->ids[2]);
	for (int i = 2; i < 10; i++)
		ack_one(b, s->ids[i]);
	CHECK_INT(trim(slow), 6); /* entry 8 is pending in slow */
	CHECK_INT(ack_one(slow, s->ids[8]), 1);
	CHECK_INT(trim(slow), 1); /* entry 9 is new to slow */
	CHECK_INT(read_new(slow, "c", 10, t), 1);
	CHECK_STR(str_of(t->ids[0]), s->ids[9]);
	CHECK_INT(ack_one(slow, t->ids[0]), 1);
	CHECK_INT(trim(slow), 1);
	CHECK_INT(info_of(b).length, 0);
	publish(b, 1, t);
	struct entry_id before, after;
	CHECK(id_parse(str_of(s->ids[9]), 0, &before) && id_parse(str_of(t->ids[0]), 0, &after) &&
	      id_cmp(before, after) < 0);
	bus_close(slow);
	bus_close(b);
	seen_free(s);
	seen_free(t);
}

static void trimming_by_age_leaves_what_is_younger(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	publish(b, 3, s);
	struct entry_id last;
	CHECK(id_parse(str_of(s->ids[2]), 0, &last));
	read_new(b, "c", 10, s);
	CHECK_INT(ack_one(b, s->ids[0]) + ack_one(b, s->ids[1]), 2);
	CHECK_INT(bus_trim(b, (int64_t)last.ms - TIME_HOUR_MS, NULL), 0);
	CHECK_INT(bus_trim(b, -1, NULL), 0);
	CHECK_INT(bus_trim(b, (int64_t)last.ms + 1, NULL), 2); /* the third is pending */
	CHECK_INT(ack_one(b, s->ids[2]), 1);
	CHECK_INT(bus_trim(b, (int64_t)last.ms, NULL), 0);
	CHECK_INT(bus_trim(b, (int64_t)last.ms + 1, NULL), 1);
	bus_close(b);
	seen_free(s);
}

static int refuse(void *arg, const struct bus_entry *entry, struct err *e)
{
	(void)entry;
	return ++*(int *)arg == 2 ? err_set(e, ROS_IO, "enough") : 0;
}

static void a_callback_can_end_the_call(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	struct err e;
	int n = 0;
	publish(b, 3, s);
	CHECK_INT(bus_read_new(b, "c", 10, 0, refuse, &n, &e), -1);
	CHECK_INT(e.status, ROS_IO);
	CHECK_STR(str_of(e.text), "enough");
	CHECK_INT(read_own(b, "c", "0", 10, s), 3);
	bus_close(b);
	seen_free(s);
}

static struct bus_stream stream_of(struct bus *b)
{
	struct bus_stream told;
	CHECK_INT(bus_stream(b, &told, NULL), 0);
	return told;
}

static void a_stream_has_ends_and_groups(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	CHECK(!stream_of(b).there);
	CHECK_STR(str_of(stream_of(b).first), "");
	publish(b, 3, s);
	CHECK(stream_of(b).there);
	CHECK_STR(str_of(stream_of(b).first), s->ids[0]);
	CHECK_STR(str_of(stream_of(b).last), s->ids[2]);
	read_new(b, "c", 3, s);
	for (int i = 0; i < 3; i++)
		ack_one(b, s->ids[i]);
	trim(b);
	CHECK(stream_of(b).there);
	CHECK_STR(str_of(stream_of(b).last), "");
	bus_close(b);
	fresh_streams();
	b = open_bus();
	CHECK_INT(stream_of(b).groups, 0);
	CHECK_INT(bus_group_create(b, NULL), 0);
	CHECK(stream_of(b).there);
	CHECK_INT(stream_of(b).groups, 1);
	bus_close(b);
	seen_free(s);
}

/* What bus_groups() gave, a line a group: "NAME delivered DELIVERED waiting N pending N oldest OLDEST NAME=N NAME=N". */
static int note_group(void *arg, const struct bus_group *group, struct err *e)
{
	(void)e;
	struct buf *out = arg;
	struct str oldest = group->oldest.p ? group->oldest : STR("-");
	buf_fmt(out, "%.*s delivered %.*s waiting %" PRId64 " pending %" PRId64 " oldest %.*s", STR_ARG(group->name),
	        STR_ARG(group->delivered), group->waiting, group->pending, STR_ARG(oldest));
	CHECK(group->oldest_idle_ms >= 0 && group->oldest_idle_ms < TIME_HOUR_MS);
	for (size_t i = 0; i < group->n_consumers; i++) {
		const struct bus_consumer *c = &group->consumers[i];
		CHECK(c->idle_ms >= 0 && c->idle_ms < TIME_HOUR_MS);
		if (c->pending > 0)
			buf_fmt(out, " %.*s=%" PRId64, STR_ARG(c->name), c->pending);
	}
	buf_char(out, '\n');
	return 0;
}

static int refuse_group(void *arg, const struct bus_group *group, struct err *e)
{
	(void)arg;
	(void)group;
	return err_set(e, ROS_IO, "enough");
}

/* Holds the groups against a printf format. */
static void check_groups(struct bus *b, int n, const char *format, ...)
{
	struct buf got, want;
	buf_init(&got, 1 << 16);
	buf_init(&want, 1 << 16);
	va_list args;
	va_start(args, format);
	buf_vfmt(&want, format, args);
	va_end(args);
	CHECK_INT(bus_groups(b, note_group, &got, NULL), n);
	CHECK_STR(buf_view(&got), buf_cstr(&want));
	buf_free(&got);
	buf_free(&want);
}

static void groups_say_where_they_stand(void)
{
	struct bus *b = open_bus(), *late = open_group("late");
	struct seen *s = seen_new(), *t = seen_new();
	check_groups(b, 0, "%s", "");
	publish(b, 10, s);
	check_groups(b, 0, "%s", "");
	read_new(b, "two", 2, t);
	read_new(b, "one", 4, t);
	CHECK_INT(ack_one(b, s->ids[0]), 1);
	CHECK_INT(bus_group_create(late, NULL), 0);
	check_groups(b, 2, "g delivered %s waiting 4 pending 5 oldest %s one=4 two=1\nlate delivered 0-0 waiting 10 pending 0 oldest -\n",
	             s->ids[5], s->ids[1]);
	read_new(b, "one", 10, t);
	check_groups(b, 2, "g delivered %s waiting 0 pending 9 oldest %s one=8 two=1\nlate delivered 0-0 waiting 10 pending 0 oldest -\n",
	             s->ids[9], s->ids[1]);
	struct err e;
	CHECK_INT(bus_groups(b, refuse_group, NULL, &e), -1);
	CHECK_STR(str_of(e.text), "enough");
	bus_close(late);
	bus_close(b);
	seen_free(s);
	seen_free(t);
}

/* What XINFO's lag gets wrong. */
static void what_waits_is_what_is_there(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new(), *t = seen_new();
	publish(b, 3000, s);
	read_new(b, "c", 1000, t);
	remove_entry(s->ids[2999]);
	remove_entry(s->ids[2000]);
	remove_entry(s->ids[10]);
	check_groups(b, 1, "g delivered %s waiting 1998 pending 1000 oldest %s c=1000\n", s->ids[999], s->ids[0]);
	read_new(b, "c", 1900, t);
	check_groups(b, 1, "g delivered %s waiting 98 pending 2900 oldest %s c=2900\n", s->ids[2900], s->ids[0]);
	bus_close(b);
	seen_free(s);
	seen_free(t);
}

/* Callbacks may append, acknowledge and bury. */
static int forward(void *arg, const struct bus_entry *entry, struct err *e)
{
	struct bus *b = arg;
	if (str_is(bus_entry_get(entry, "v"), "1"))
		return bus_dead(b, entry->id, STR("reason"), BUS_KEEP_ALL, e) < 0 ? -1 : 0;
	CHECK_INT(bus_append(b, entry->fields, entry->n_fields, e), 0);
	CHECK_INT(bus_ack(b, &entry->id, 1, e), 1);
	return str_is(bus_entry_get(entry, "type"), "t") ? 0 : -1;
}

static void a_callback_can_write_to_the_bus(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	publish(b, 3, s);
	CHECK_INT(bus_read_new(b, "c", 10, 0, forward, b, NULL), 3);
	CHECK_INT(info_of(b).pending, 0);
	CHECK_INT(info_of(b).dead, 1);
	s->n = 0;
	CHECK_INT(bus_settle(b, see_reply, s, NULL), 0);
	CHECK_INT(s->n, 2);
	bus_close(b);
	seen_free(s);
}

static void an_empty_stream_is_waited_for(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	CHECK_INT(read_new(b, "c", 10, s), 0);
	int64_t start = time_monotonic_ms();
	CHECK_INT(bus_read_new(b, "c", 10, 60, see, s, NULL), 0);
	int64_t took = time_monotonic_ms() - start;
	CHECK(took >= 60 && took < 5000);
	bus_close(b);

	struct bus_settings impatient = settings();
	impatient.timeout_ms = 1000;
	b = open_bus_as(&impatient);
	CHECK_INT(bus_read_new(b, "c", 10, 1200, see, s, NULL), 0); /* the timeout counts from the end of the wait */
	bus_close(b);
	seen_free(s);
}

/* In another process: one read that waits for half a minute. */
static pid_t start_reader(void)
{
	fflush(stdout);
	pid_t reader = fork();
	if (reader != 0) {
		wait_asleep(reader);
		return reader;
	}
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	_exit(bus_read_new(b, "c", 10, 30000, see, s, NULL) != 1 || ack_one(b, s->ids[0]) != 1);
}

static void a_blocked_reader_is_woken_by_another_process(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	pid_t reader = start_reader();
	int64_t start = time_monotonic_ms();
	publish(b, 1, s);
	CHECK(ended_well(reader));
	CHECK(time_monotonic_ms() - start < 2000); /* less than a slice of the wait */
	CHECK_INT(info_of(b).pending, 0);
	bus_close(b);
	seen_free(s);
}

static void a_follower_is_woken_by_another_process(void)
{
	fflush(stdout);
	pid_t follower = fork();
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	if (follower == 0)
		_exit(bus_follow(b, STR("-"), 10, 30000, see, s, NULL) != 1);
	wait_asleep(follower);
	int64_t start = time_monotonic_ms();
	publish(b, 1, s);
	CHECK(ended_well(follower));
	CHECK(time_monotonic_ms() - start < 2000); /* less than a slice of the wait */
	bus_close(b);
	seen_free(s);
}

/* A process that reads for half a minute; after a stop it can still finish its batch. */
static void read_until_stopped(void)
{
	wait_install();
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	publish(b, 1, s);
	CHECK_INT(read_new(b, "c", 10, s), 1);
	CHECK_INT(bus_read_new(b, "c", 10, 30000, see, s, NULL), 0);
	CHECK(wait_stopping());
	CHECK_INT(ack_one(b, s->ids[0]), 1);
	publish(b, 2, s);
	CHECK_INT(bus_read_new(b, "c", 10, 30000, see, s, NULL), 0);
	CHECK_INT(bus_follow(b, STR("+"), 10, 30000, see, s, NULL), 0);
	bus_close(b);
	seen_free(s);
	_exit(unit_failed_here != 0);
}

static void a_stop_ends_a_blocked_read_at_once(void)
{
	fflush(stdout);
	pid_t reader = fork();
	if (reader == 0)
		read_until_stopped();
	wait_asleep(reader);
	int64_t start = time_monotonic_ms();
	kill(reader, SIGTERM);
	CHECK(ended_well(reader));
	CHECK(time_monotonic_ms() - start < 1000);
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	CHECK_INT(info_of(b).pending, 0);
	CHECK_INT(read_new(b, "c", 10, s), 2);
	bus_close(b);
	seen_free(s);
}

static void rate(const char *what, int n, int64_t start)
{
	int64_t took = time_monotonic_ms() - start;
	printf("# %s: %s %d entries in %" PRId64 " ms, %" PRId64 "/s\n", on_redis() ? "redis" : "file", what, n, took,
	       took > 0 ? n * INT64_C(1000) / took : 0);
}

/* An entry of the size of a real one. */
static void append_event(struct bus *b, int i)
{
	static char data[700];
	memset(data, 'd', sizeof data);
	snprintf(data, 16, "%d", i);
	struct entry_field fields[] = {
		{ STR("type"), STR("ai.invocation.completed") },
		{ STR("data"), { data, sizeof data } },
		{ STR("timestamp"), STR("2026-01-28T12:00:00.000Z") },
		{ STR("governance_mode"), STR("DEMO") },
		{ STR("project_id"), STR("0f8fad5b-d9cb-469f-a165-70867728950e") },
		{ STR("tier"), STR("MINI") },
		{ STR("status"), STR("SUCCESS") },
		{ STR("source"), STR("host-0") },
		{ STR("sequence"), STR("1") },
	};
	if (bus_append(b, fields, sizeof fields / sizeof *fields, NULL) < 0)
		unit_fail(__FILE__, __LINE__, "bus_append");
}

struct acks {
	struct str ids[BATCH];
	char text[BATCH][ID_TEXT];
	size_t n;
	int64_t bytes;
};

static int keep_id(void *arg, const struct bus_entry *entry, struct err *e)
{
	(void)e;
	struct acks *a = arg;
	snprintf(a->text[a->n], ID_TEXT, "%.*s", STR_ARG(entry->id));
	a->ids[a->n] = str_of(a->text[a->n]);
	a->n++;
	a->bytes += (int64_t)bus_entry_get(entry, "data").n;
	return 0;
}

static void a_hundred_thousand_at_once_and_in_batches(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	int64_t start = time_monotonic_ms();
	for (int i = 0; i < MANY; i++)
		append_event(b, i);
	CHECK_INT(bus_settle(b, see_reply, s, NULL), 0);
	rate("appended at once", MANY, start);
	CHECK_INT(s->n, MANY);
	CHECK_INT(s->refused, 0);

	start = time_monotonic_ms();
	for (int i = 0; i < MANY; i++) {
		append_event(b, i);
		if (i % BATCH == BATCH - 1)
			CHECK_INT(bus_settle(b, see_reply, s, NULL), 0);
	}
	rate("appended in batches of 1000", MANY, start);
	CHECK_INT(s->n, 2 * MANY);

	static struct acks a;
	int total = 0;
	a.bytes = 0;
	start = time_monotonic_ms();
	for (int n = 1; n > 0; total += n) {
		a.n = 0;
		n = bus_read_new(b, "c", BATCH, 0, keep_id, &a, NULL);
		CHECK_INT(bus_ack(b, a.ids, a.n, NULL), n);
	}
	rate("read and acknowledged", total, start);
	CHECK_INT(total, 2 * MANY);
	CHECK_INT(a.bytes, INT64_C(2) * MANY * 700);
	CHECK_INT(info_of(b).pending, 0);
	start = time_monotonic_ms();
	CHECK_INT(trim(b), 2 * MANY);
	rate("trimmed", total, start);
	bus_close(b);
	seen_free(s);
}

/* --- ids and URLs --- */

static void ids_are_read_as_redis_reads_them(void)
{
	struct entry_id id;
	char text[ID_TEXT];
	CHECK(id_parse(STR("5-7"), 0, &id) && id.ms == 5 && id.seq == 7);
	CHECK(id_parse(STR("5"), 9, &id) && id.seq == 9);
	CHECK(id_parse(STR("18446744073709551615-18446744073709551615"), 0, &id) && id_cmp(id, ID_MAX) == 0);
	CHECK(id_cmp(id_next(id), ID_MAX) == 0);
	const char *wrong[] = { "", "-", "5-", "-7", "5-7-", "5 -7", "+5", "5-x", "18446744073709551616", "0x5" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(!id_parse(str_of(wrong[i]), 0, &id));
	id_format(id_next((struct entry_id){ 5, UINT64_MAX }), text);
	CHECK_STR(str_of(text), "6-0");
	CHECK(id_parse_from(STR("(5"), &id) && id.ms == 5 && id.seq == 1);
	CHECK(id_parse_to(STR("(5-0"), &id) && id.ms == 4 && id.seq == UINT64_MAX);
	CHECK(id_parse_to(STR("5"), &id) && id.seq == UINT64_MAX);
	CHECK(!id_parse_to(STR("(0-0"), &id) && !id_parse_from(STR("(-"), &id) && !id_parse_to(STR("(+"), &id));
	CHECK(id_cmp(id_previous((struct entry_id){ 0, 0 }), (struct entry_id){ 0, 0 }) == 0);
	CHECK(!id_parse_from(STR("(18446744073709551615-18446744073709551615"), &id));
}

static void urls_are_taken_apart(void)
{
	struct url u;
	CHECK_INT(url_parse("redis://u%40x:p%3Aw@h:7000/3", &u, NULL), 0);
	CHECK_STR(str_of(u.user), "u@x");
	CHECK_STR(str_of(u.password), "p:w");
	CHECK_STR(str_of(u.host), "h");
	CHECK_STR(str_of(u.port), "7000");
	CHECK_INT(u.db, 3);
	url_free(&u);
	CHECK_INT(url_parse("redis://:pw@[::1]", &u, NULL), 0);
	CHECK(u.user == NULL && u.db == 0);
	CHECK_STR(str_of(u.host), "::1");
	CHECK_STR(str_of(u.port), "6379");
	url_free(&u);
	CHECK_INT(url_parse("redis://", &u, NULL), 0);
	CHECK_STR(str_of(u.host), "localhost");
	url_free(&u);
	CHECK_INT(url_parse("rediss://u@[::1]/3", &u, NULL), 0);
	CHECK_INT(u.scheme, URL_TLS);
	CHECK_STR(str_of(u.host), "::1");
	CHECK_STR(str_of(u.port), "6379");
	CHECK(u.password == NULL);
	url_free(&u);
	CHECK_INT(url_parse("unix:///a%20@b.sock?db=2", &u, NULL), 0);
	CHECK_STR(str_of(u.path), "/a%20@b.sock");
	CHECK_INT(u.db, 2);
	url_free(&u);
	CHECK_INT(url_parse("unix://u:p@/r.sock", &u, NULL), 0);
	CHECK_STR(str_of(u.path), "/r.sock");
	CHECK_STR(str_of(u.password), "p");
	url_free(&u);
	CHECK_INT(url_parse("file:///x/y?z", &u, NULL), 0);
	CHECK_STR(str_of(u.path), "/x/y?z");
	url_free(&u);
}

static void unusable_urls_are_refused_without_their_password(void)
{
	const char *wrong[] = {
		"",
		"secret@host",
		"rediss://u:secret@h:x",
		"http://secret@h",
		"redis://u:secret@h:0",
		"redis://u:secret@h:70000",
		"redis://u:secret@h/x",
		"redis://u:secret@h/99999999",
		"redis://u:secret@[::1",
		"redis://u:secret@[::1]x:1",
		"unix://",
		"unix://r.sock",
		"unix://u:secret@r.sock",
		"unix://u:secret@/r.sock?db=x",
		"unix://u:secret@/r.sock?nodb",
		"file://",
		"file://bus.db",
		"file://./bus.db",
		"redis://u:se/cr@secret@h:x",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct bus *b;
		struct bus_settings s = {
			.url = wrong[i], .stream = "s", .group = "g", .dead = "d", .timeout_ms = 100
		};
		struct err e;
		CHECK_INT(bus_open(&b, &s, &e), -1);
		CHECK_INT(e.status, ROS_CONFIG);
		CHECK(strstr(e.text, "secret") == NULL);
		CHECK(b == NULL);
	}
	char name[64];
	bus_name("redis://u:p@h:1/2", name, sizeof name);
	CHECK_STR(str_of(name), "redis://h:1/2");
	bus_name("file:///a@b", name, sizeof name);
	CHECK_STR(str_of(name), "file:///a@b");
}

static void a_peer_that_left_is_an_error_and_no_signal(void)
{
	int pair[2];
	char c;
	struct err e;
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	struct transport t = { .driver = &transport_plain, .name = "peer", .fd = pair[0] };
	CHECK(transport_idle(&t));
	CHECK_INT(transport_receive(&t, &c, 1, &e), 0);
	CHECK_INT(send(pair[1], "x", 1, 0), 1);
	CHECK(!transport_idle(&t));
	CHECK_INT(transport_receive(&t, &c, 1, &e), 1);
	close(pair[1]);
	CHECK(!transport_idle(&t));
	CHECK_INT(transport_send(&t, "x", 1, &e), -1);
	CHECK_INT(e.status, ROS_UNREACHABLE);
	CHECK_INT(transport_receive(&t, &c, 1, &e), -1);
	transport_close(&t);
	CHECK(!transport_connected(&t));
}

#define FIELD(name, value) { STR(name), STR(value) }

static struct letter letter_of(const struct entry_field *fields, size_t n)
{
	struct letter letter;
	letter_read(&(struct bus_entry){ .fields = fields, .n_fields = n }, &letter);
	return letter;
}

static void letters_are_read_whoever_wrote_them(void)
{
	struct entry_field ours[] = { FIELD("reason", "Maria"), FIELD("data", "{}"), FIELD("reason", "enum"), FIELD("original_id", "1-2") };
	struct letter letter = letter_of(ours, 4);
	CHECK_STR(letter.reason, "enum");
	CHECK_STR(letter.original_id, "1-2");
	CHECK_STR(letter.data, "{}");
	CHECK(letter.digest.p == NULL);
	CHECK_INT(letter.n_fields, 2);

	struct entry_field theirs[] = { FIELD("data_sha256", "Maria"), FIELD("reason", "Maria has no uuid"), FIELD("original_id", "Maria") };
	letter = letter_of(theirs, 3);
	CHECK(!letter.reason.p && !letter.original_id.p && !letter.data.p && !letter.digest.p);
	CHECK_INT(letter.n_fields, 1);
	CHECK_INT(letter_of(theirs, 2).n_fields, 2);
	CHECK_INT(letter_of(theirs, 0).n_fields, 0);
}

/* --- Redis only --- */

static enum ros_status info_status(struct bus *b)
{
	struct bus_info info;
	struct err e = { .status = ROS_DONE };
	bus_info(b, &info, &e);
	return e.status;
}

static enum ros_status open_status(const struct bus_settings *s)
{
	struct bus *b;
	struct err e = { .status = ROS_DONE };
	bus_open(&b, s, &e);
	CHECK(e.status == ROS_DONE || strstr(e.text, "secret") == NULL);
	bus_close(b);
	return e.status;
}

static void errors_have_their_class(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	CHECK(CLI("SET", stream, "text"));
	CHECK_INT(info_status(b), ROS_CONFIG); /* WRONGTYPE */
	CHECK_INT(append(b, STR("x")), 0);
	CHECK_INT(bus_settle(b, see_reply, s, NULL), 0);
	CHECK_INT(s->refused, 1);
	CHECK_INT(s->why, ROS_CONFIG);
	CHECK(CLI("DEL", stream));
	CHECK(CLI("CONFIG", "SET", "maxmemory", "1"));
	CHECK_INT(append(b, STR("x")), 0);
	CHECK_INT(bus_settle(b, see_reply, s, NULL), 0);
	CHECK_INT(s->refused, 2);
	CHECK_INT(s->why, ROS_LATER); /* OOM */
	CHECK(CLI("CONFIG", "SET", "maxmemory", "0"));
	s->n = s->refused = 0;
	publish(b, 1, s);
	CHECK(CLI("REPLICAOF", "127.0.0.1", "1"));
	CHECK_INT(append(b, STR("x")), 0);
	CHECK_INT(bus_settle(b, see_reply, s, NULL), 0);
	CHECK_INT(s->refused, 1);
	CHECK_INT(s->why, ROS_LATER); /* READONLY */
	CHECK(CLI("REPLICAOF", "NO", "ONE"));
	bus_close(b);
	seen_free(s);
}

static void a_letter_that_is_not_taken_is_an_error(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	struct err e;
	publish(b, 1, s);
	read_new(b, "c", 1, s);
	CHECK(CLI("XADD", dead, "18446744073709551615-18446744073709551615", "f", "v")); /* no id is left */
	CHECK_INT(bus_dead(b, str_of(s->ids[0]), STR("reason"), BUS_KEEP_ALL, &e), -1);
	CHECK_INT(e.status, ROS_CONFIG);
	CHECK(strstr(e.text, s->ids[0]) != NULL);
	CHECK_INT(range(b, "-", "+", 10, s), 1); /* and where it is */
	bus_close(b);
	seen_free(s);
}

static void a_dead_stream_of_the_wrong_type_keeps_the_entry(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	struct err e;
	publish(b, 1, s);
	read_new(b, "c", 1, s);
	CHECK(CLI("SET", dead, "text"));
	CHECK_INT(bus_dead(b, str_of(s->ids[0]), STR("reason"), BUS_KEEP_ALL, &e), -1);
	CHECK_INT(e.status, ROS_CONFIG);
	CHECK(CLI("DEL", dead));
	CHECK_INT(info_of(b).pending, 1);
	bus_close(b);
	seen_free(s);
}

static void a_requeue_that_cannot_publish_keeps_the_letter(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	struct err e;
	bury(b, 1, BUS_KEEP_ALL, s);
	CHECK(CLI("DEL", stream));
	CHECK(CLI("SET", stream, "text"));
	CHECK_INT(bus_dead_requeue(b, str_of(s->ids[0]), &e), -1);
	CHECK_INT(e.status, ROS_CONFIG);
	CHECK(CLI("DEL", stream));
	CHECK_INT(info_of(b).dead, 1);
	CHECK(CLI("CONFIG", "SET", "maxmemory", "1"));
	CHECK_INT(bus_dead_requeue(b, str_of(s->ids[0]), &e), -1);
	CHECK_INT(e.status, ROS_LATER);
	CHECK(CLI("CONFIG", "SET", "maxmemory", "0"));
	CHECK_INT(info_of(b).dead, 1);
	CHECK(CLI("XADD", stream, "18446744073709551615-18446744073709551615", "f", "v")); /* no id is left */
	CHECK_INT(bus_dead_requeue(b, str_of(s->ids[0]), &e), -1);
	CHECK_INT(e.status, ROS_CONFIG);
	CHECK(strstr(e.text, s->ids[0]) != NULL);
	bus_close(b);
	seen_free(s);
}

static void too_many_to_be_counted_are_not_counted(void)
{
	struct bus *b = open_bus();
	CHECK(CLI("EVAL", "for i = 1, 200100 do redis.call('XADD', KEYS[1], i, 'f', 'v') end", "1", stream));
	CHECK(CLI("XGROUP", "CREATE", stream, "a", "100050"));
	CHECK(CLI("XGROUP", "CREATE", stream, "b", "100200"));
	CHECK(CLI("XGROUP", "CREATE", stream, "c", "50"));
	CHECK(CLI("XGROUP", "CREATE", stream, "d", "200101"));
	check_groups(b, 4, "a delivered 100050-0 waiting -1 pending 0 oldest -\nb delivered 100200-0 waiting 99900 pending 0 oldest -\n"
	                   "c delivered 50-0 waiting 200050 pending 0 oldest -\nd delivered 200101-0 waiting 0 pending 0 oldest -\n");
	CHECK(CLI("XTRIM", stream, "MINID", "200000")); /* a and b have not had what is left, nor what is gone */
	check_groups(b, 4, "a delivered 100050-0 waiting 101 pending 0 oldest -\nb delivered 100200-0 waiting 101 pending 0 oldest -\n"
	                   "c delivered 50-0 waiting 101 pending 0 oldest -\nd delivered 200101-0 waiting 0 pending 0 oldest -\n");
	bus_close(b);
}

static void the_server_tells_its_settings_or_does_not(void)
{
	char text[256];
	struct bus_settings s = settings();
	struct bus_server told;
	struct bus *b = open_bus();
	CHECK_INT(bus_server(b, &told, NULL), 1);
	CHECK_STR(str_of(told.appendonly), "no");
	CHECK_STR(str_of(told.appendfsync), "everysec");
	CHECK_STR(str_of(told.maxmemory_policy), "noeviction");
	bus_close(b);
	CHECK(CLI("ACL", "SETUSER", "bob", "on", ">secret", "~*", "+@all", "-config"));
	snprintf(text, sizeof text, "unix://bob:secret@%s", socket_path);
	s.url = text;
	b = open_bus_as(&s);
	CHECK_INT(bus_server(b, &told, NULL), 1);
	CHECK_STR(str_of(told.appendonly), "");
	CHECK_STR(str_of(told.maxmemory_policy), "");
	bus_close(b);
}

static void passwords_and_databases_come_from_the_url(void)
{
	CHECK(CLI("ACL", "SETUSER", "alice", "on", ">secret:1", "~*", "+@all"));
	CHECK(CLI("ACL", "SETUSER", "mute", "on", ">secret", "~*", "+ping", "+xlen"));
	CHECK(CLI("CONFIG", "SET", "requirepass", "secret"));
	char text[256];
	struct bus_settings s = settings();
	CHECK_INT(open_status(&s), ROS_DONE);
	struct bus *b = open_bus_as(&s);
	CHECK_INT(info_status(b), ROS_CONFIG); /* NOAUTH */
	bus_close(b);
	s.password = "wrong";
	CHECK_INT(open_status(&s), ROS_CONFIG);
	s.password = "secret";
	b = open_bus_as(&s);
	CHECK_INT(info_status(b), ROS_DONE);
	bus_close(b);
	s.url = text;
	snprintf(text, sizeof text, "unix://mute:secret@%s", socket_path);
	b = open_bus_as(&s);
	CHECK_INT(info_status(b), ROS_CONFIG); /* NOPERM */
	bus_close(b);
	snprintf(text, sizeof text, "unix://alice:secret%%3a1@%s?db=3", socket_path);
	b = open_bus_as(&s);
	struct seen *t = seen_new();
	publish(b, 4, t);
	bus_close(b);
	CHECK(run((const char *const[]){ "redis-cli", "-e", "-s", socket_path, "-a", "secret", "CONFIG", "SET",
	                                 "requirepass", "", NULL }));
	CHECK(CLI("-n", "3", "XSETID", stream, t->ids[3])); /* fails where there is no such stream */
	b = open_bus();
	CHECK_INT(info_of(b).length, 0);
	bus_close(b);
	snprintf(text, sizeof text, "unix://%s?db=9999", socket_path);
	s.password = NULL;
	CHECK_INT(open_status(&s), ROS_CONFIG);
	seen_free(t);
}

static void a_silent_server_is_not_waited_for_without_end(void)
{
	struct bus_settings s = settings();
	s.timeout_ms = 100;
	struct bus *b = open_bus_as(&s);
	struct seen *t = seen_new();
	kill(server, SIGSTOP);
	int64_t start = time_monotonic_ms();
	CHECK_INT(info_status(b), ROS_LATER);
	CHECK(time_monotonic_ms() - start < 3000);
	append(b, STR("x"));
	append(b, STR("y"));
	CHECK_INT(bus_settle(b, see_reply, t, NULL), -1);
	CHECK_INT(t->refused, 2);
	CHECK_INT(t->why, ROS_LATER);
	kill(server, SIGCONT);
	int64_t end = time_monotonic_ms() + TIMEOUT_MS;
	while (info_status(b) != ROS_DONE && time_monotonic_ms() < end)
		;
	CHECK_INT(info_status(b), ROS_DONE);
	bus_close(b);
	seen_free(t);
}

static void kill_server_midway(void *arg, struct str id, const struct err *why)
{
	struct seen *s = arg;
	see_reply(arg, id, why);
	if (s->n == 1000)
		kill(server, SIGKILL);
}

static void a_server_that_dies_leaves_no_entry_without_reply(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	struct err e;
	for (int i = 0; i < MANY; i++)
		append_event(b, i);
	CHECK_INT(bus_settle(b, kill_server_midway, s, &e), -1);
	CHECK_INT(e.status, ROS_UNREACHABLE);
	CHECK_INT(s->n, MANY);
	CHECK(s->refused > 0 && s->refused <= MANY - 1000);
	CHECK_INT(s->why, ROS_UNREACHABLE);
	waitpid(server, NULL, 0);
	CHECK_INT(info_status(b), ROS_UNREACHABLE);
	CHECK_INT(bus_group_create(b, &e), -1);
	s->n = 0;
	append(b, STR("x"));
	CHECK_INT(bus_settle(b, see_reply, s, &e), -1);
	CHECK_INT(s->n, 1);
	struct bus_settings other = settings();
	CHECK_INT(open_status(&other), ROS_UNREACHABLE);
	start_server();
	CHECK_INT(info_status(b), ROS_DONE); /* connects anew */
	CHECK_INT(bus_group_create(b, NULL), 0);
	CHECK_INT(bus_group_create(b, NULL), 0);
	stop_server();
	CHECK_INT(bus_group_create(b, &e), -1);
	CHECK_INT(e.status, ROS_UNREACHABLE);
	start_server();
	CHECK_INT(info_status(b), ROS_DONE);
	stop_server();
	start_server();
	CHECK_INT(info_status(b), ROS_DONE); /* a connection that died meanwhile is noticed */
	seen_free(s);
	bus_close(b);
}

/* Relays one connection after another between a port and the server, and cuts each after so many bytes of replies. */
static void relay(int from, int to, size_t cut_after)
{
	struct pollfd p[2] = { { from, POLLIN, 0 }, { to, POLLIN, 0 } };
	char bytes[1 << 16];
	while (poll(p, 2, TIMEOUT_MS) > 0) {
		for (int i = 0; i < 2; i++) {
			if (!p[i].revents)
				continue;
			size_t limit = i == 1 && cut_after < sizeof bytes ? cut_after : sizeof bytes;
			ssize_t n = read(p[i].fd, bytes, limit);
			if (n <= 0 || write(p[1 - i].fd, bytes, (size_t)n) != n)
				return;
			if (i == 1 && (cut_after -= (size_t)n) == 0)
				return;
		}
	}
}

static void serve(int listener, size_t cut_after)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int from = accept(listener, NULL, NULL), to = socket(AF_UNIX, SOCK_STREAM, 0);
		struct sockaddr_un address = { .sun_family = AF_UNIX };
		snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
		if (from < 0 || connect(to, (struct sockaddr *)&address, sizeof address) < 0)
			_exit(1);
		relay(from, to, cut_after);
		close(from);
		close(to);
	}
}

/* Starts it on a port that the kernel picks, whose URL it writes. */
static pid_t start_proxy(size_t cut_after, char *text, size_t size)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof address;
	if (bind(listener, (struct sockaddr *)&address, n) < 0 || listen(listener, 8) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &n) < 0)
		return -1;
	snprintf(text, size, "redis://127.0.0.1:%d", ntohs(address.sin_port));
	pid_t pid = fork();
	if (pid == 0)
		serve(listener, cut_after);
	close(listener);
	return pid;
}

static void stop_proxy(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void tcp_works_as_well(void)
{
	char text[64];
	pid_t proxy = start_proxy(SIZE_MAX, text, sizeof text);
	struct bus_settings s = settings();
	struct seen *t = seen_new();
	s.url = text;
	struct bus *b = open_bus_as(&s);
	for (int i = 0; i < 20000; i++)
		append_event(b, i);
	CHECK_INT(bus_settle(b, see_reply, t, NULL), 0);
	CHECK_INT(t->n, 20000);
	CHECK_INT(t->refused, 0);
	CHECK_INT(read_new(b, "c", 2000, t), 2000);
	bus_close(b);
	stop_proxy(proxy);
	CHECK_INT(open_status(&s), ROS_UNREACHABLE);
	seen_free(t);
}

static void a_connection_cut_anywhere_is_noticed(void)
{
	struct seen *t = seen_new();
	for (size_t cut = 1; cut < 120; cut++) {
		char text[64];
		pid_t proxy = start_proxy(cut, text, sizeof text);
		struct bus_settings s = settings();
		s.url = text;
		struct bus *b = open_bus_as(&s);
		struct err e;
		t->n = t->refused = 0;
		for (int i = 0; i < 5; i++)
			append(b, STR("x"));
		int rc = bus_settle(b, see_reply, t, &e);
		CHECK_INT(t->n, 5);
		CHECK(rc == 0 ? t->refused == 0 : t->refused > 0 && e.status == ROS_UNREACHABLE);
		t->n = 0;
		rc = bus_read_new(b, "c", 5, 0, see, t, &e);
		CHECK(rc == t->n || (rc == -1 && e.status == ROS_UNREACHABLE));
		bus_close(b);
		stop_proxy(proxy);
	}
	seen_free(t);
}

static void a_group_lost_while_blocked_is_made_again(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	CHECK_INT(bus_group_create(b, NULL), 0);
	pid_t reader = start_reader();
	CHECK(CLI("DEL", stream));
	publish(b, 1, s);
	CHECK(ended_well(reader));
	CHECK(info_of(b).group);
	bus_close(b);
	seen_free(s);
}

/* Once by the read itself; whoever goes on deleting it makes the read fail, which time mends. */
static void a_group_that_is_lost_again_and_again_is_no_mistake(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	struct err e;
	CHECK_INT(bus_group_create(b, NULL), 0);
	fflush(stdout);
	pid_t reader = fork();
	if (reader == 0) {
		b = open_bus();
		_exit(bus_read_new(b, "c", 10, 30000, see, s, &e) != -1 || e.status != ROS_LATER);
	}
	wait_asleep(reader);
	CHECK(CLI("DEL", stream));
	for (int64_t end = time_monotonic_ms() + TIMEOUT_MS; !info_of(b).group && time_monotonic_ms() < end;)
		wait_fd(-1, 0, 5);
	CHECK(CLI("DEL", stream));
	CHECK(ended_well(reader));
	bus_close(b);
	seen_free(s);
}

/* --- the file only --- */

static struct bus_settings file_settings(char *text, size_t size, const char *name)
{
	struct bus_settings s = settings();
	snprintf(text, size, "file://%s/%s", dir, name);
	s.url = text;
	return s;
}

static void the_directory_of_the_file_is_private(void)
{
	char text[128];
	struct bus_settings s = file_settings(text, sizeof text, "a/b/bus.db");
	CHECK_INT(open_status(&s), ROS_DONE);
	struct stat st;
	CHECK_INT(stat(text + strlen("file://"), &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	*strrchr(text, '/') = '\0';
	CHECK_INT(stat(text + strlen("file://"), &st), 0);
	CHECK_INT(st.st_mode & 0777, 0700);
	CHECK_INT(open_status(&s), ROS_CONFIG); /* a directory */
}

static void a_file_has_no_server(void)
{
	struct bus *b = open_bus();
	struct bus_server told;
	CHECK_INT(bus_server(b, &told, NULL), 0);
	CHECK_STR(str_of(told.appendonly), "");
	bus_close(b);
}

static void what_was_delivered_in_the_future_is_idle(void)
{
	struct bus *b = open_bus();
	struct seen *s = seen_new();
	char cursor[ID_TEXT] = "0-0";
	publish(b, 1, s);
	read_new(b, "one", 10, s);
	CHECK_INT(bus_claim(b, "two", TIME_HOUR_MS, cursor, 10, see, see_lost, s, NULL), 0);
	change_file("UPDATE pending SET delivered_ms = delivered_ms + 86400000");
	CHECK_INT(bus_claim(b, "two", TIME_HOUR_MS, cursor, 10, see, see_lost, s, NULL), 1);
	CHECK_INT(bus_claim(b, "one", TIME_HOUR_MS, cursor, 10, see, see_lost, s, NULL), 0); /* it was taken now */
	bus_close(b);
	seen_free(s);
}

static void other_files_are_left_alone(void)
{
	char text[128];
	struct bus_settings s = file_settings(text, sizeof text, "other.db");
	struct db *db;
	CHECK_INT(db_open(&db, text + strlen("file://"), DB_CREATE, 1000, NULL), 0);
	CHECK_INT(db_exec(db, "CREATE TABLE ai_invocations (x)", NULL), 0);
	CHECK_INT(open_status(&s), ROS_CONFIG);
	CHECK_INT(db_exec(db, "SELECT count(*) FROM ai_invocations", NULL), 0);
	CHECK_INT(db_exec(db, "SELECT count(*) FROM stream", NULL), -1);
	db_close(db);
	s = file_settings(text, sizeof text, "newer.db");
	CHECK_INT(open_status(&s), ROS_DONE);
	CHECK_INT(db_open(&db, text + strlen("file://"), DB_WRITE, 1000, NULL), 0);
	CHECK_INT(db_exec(db, "PRAGMA user_version = 2", NULL), 0);
	db_close(db);
	CHECK_INT(open_status(&s), ROS_CONFIG);
}

static void a_locked_file_is_a_reason_to_try_later(void)
{
	char text[128];
	struct bus_settings s = file_settings(text, sizeof text, "locked.db");
	s.timeout_ms = 50;
	struct bus *b = open_bus_as(&s);
	struct seen *t = seen_new();
	struct db *db;
	CHECK_INT(db_open(&db, text + strlen("file://"), DB_WRITE, 1000, NULL), 0);
	CHECK_INT(db_begin(db, NULL), 0);
	append(b, STR("x"));
	append(b, STR("y"));
	CHECK_INT(bus_settle(b, see_reply, t, NULL), -1);
	CHECK_INT(t->n, 2);
	CHECK_INT(t->refused, 2);
	CHECK_INT(t->why, ROS_LATER);
	db_close(db);
	t->refused = 0;
	publish(b, 1, t);
	CHECK_INT(info_of(b).length, 1); /* what was refused is not there */
	bus_close(b);
	seen_free(t);
}

static void a_batch_that_fails_leaves_nothing(void)
{
	char text[128];
	struct bus_settings s = file_settings(text, sizeof text, "fails.db");
	struct bus *b = open_bus_as(&s);
	struct seen *t = seen_new();
	struct db *db;
	CHECK_INT(db_open(&db, text + strlen("file://"), DB_WRITE, 1000, NULL), 0);
	CHECK_INT(db_exec(db,
	                  "CREATE TRIGGER third BEFORE INSERT ON entry WHEN (SELECT count(*) FROM entry) = 2"
	                  " BEGIN SELECT RAISE(ABORT, 'full'); END",
	                  NULL),
	          0);
	for (int i = 0; i < 4; i++)
		append(b, STR("x"));
	CHECK_INT(bus_settle(b, see_reply, t, NULL), -1);
	CHECK_INT(t->refused, 4);
	CHECK_INT(info_of(b).length, 0);
	CHECK_INT(db_exec(db, "DROP TRIGGER third", NULL), 0);
	db_close(db);
	t->refused = 0;
	publish(b, 4, t);
	CHECK_INT(range(b, "-", "+", 10, t), 4);
	bus_close(b);
	seen_free(t);
}

static void publishers_and_consumers_may_be_many(void)
{
	char text[128];
	struct bus_settings s = file_settings(text, sizeof text, "many.db");
	struct seen *t = seen_new();
	fflush(stdout);
	for (int i = 0; i < 4; i++) {
		if (fork() != 0)
			continue;
		struct bus *b = open_bus_as(&s);
		for (int batch = 0; batch < 10; batch++)
			publish(b, 50, t);
		char name[16];
		snprintf(name, sizeof name, "c%d", i);
		for (int left = 500; left > 0;) {
			int n = bus_read_new(b, name, left < 40 ? left : 40, 20000, see, t, NULL);
			if (n <= 0)
				_exit(2);
			left -= n;
		}
		_exit(unit_failed_here != 0);
	}
	for (int i = 0; i < 4; i++)
		CHECK(ended_well(-1));
	struct bus *b = open_bus_as(&s);
	CHECK_INT(info_of(b).length, 2000);
	CHECK_INT(info_of(b).pending, 2000);
	CHECK_INT(range(b, "-", "+", 4000, t), 2000);
	CHECK(ascending(t));
	bus_close(b);
	seen_free(t);
}

static void a_trimmed_file_shrinks(void)
{
	char text[128];
	struct bus_settings s = file_settings(text, sizeof text, "shrink.db");
	struct bus *b = open_bus_as(&s);
	struct seen *t = seen_new();
	for (int i = 0; i < 3000; i++)
		append_event(b, i);
	CHECK_INT(bus_settle(b, see_reply, t, NULL), 0);
	bus_close(b);
	struct stat before, after;
	CHECK_INT(stat(text + strlen("file://"), &before), 0);
	b = open_bus_as(&s);
	while (read_new(b, "c", 1000, t) > 0)
		for (int i = 0; i < t->n; i++)
			ack_one(b, t->ids[i]);
	CHECK_INT(trim(b), 3000);
	bus_close(b);
	CHECK_INT(stat(text + strlen("file://"), &after), 0);
	CHECK(before.st_size > 2000000 && after.st_size < 200000);
	seen_free(t);
}

/* --- */

#define RUN_FRESH(test) \
	do { \
		fresh_streams(); \
		RUN(test); \
	} while (0)

static void run_both(void)
{
	RUN_FRESH(appended_entries_get_growing_ids);
	RUN_FRESH(values_are_bytes);
	RUN_FRESH(a_group_starts_at_the_first_entry);
	RUN_FRESH(a_missing_group_is_made_by_reading);
	RUN_FRESH(two_consumers_share);
	RUN_FRESH(entries_are_pending_until_acknowledged);
	RUN_FRESH(own_entries_come_again_and_are_counted);
	RUN_FRESH(idle_entries_can_be_claimed);
	RUN_FRESH(a_claim_carries_its_cursor_over);
	RUN_FRESH(pending_entries_that_are_gone_are_told);
	RUN_FRESH(what_is_gone_does_not_end_a_claim);
	RUN_FRESH(dead_letters_leave_the_group);
	RUN_FRESH(a_dead_letter_says_where_it_came_from);
	RUN_FRESH(a_dead_letter_can_be_requeued);
	RUN_FRESH(a_letter_without_data_cannot_be_requeued);
	RUN_FRESH(a_dead_letter_can_be_dropped);
	RUN_FRESH(a_range_has_partial_and_excluded_ends);
	RUN_FRESH(a_range_can_be_read_from_its_end);
	RUN_FRESH(following_takes_nothing_from_a_group);
	RUN_FRESH(trimming_leaves_what_a_group_needs);
	RUN_FRESH(trimming_by_age_leaves_what_is_younger);
	RUN_FRESH(what_others_trimmed_away_holds_nothing_back);
	RUN_FRESH(a_stream_has_ends_and_groups);
	RUN_FRESH(groups_say_where_they_stand);
	RUN_FRESH(what_waits_is_what_is_there);
	RUN_FRESH(a_callback_can_end_the_call);
	RUN_FRESH(a_callback_can_write_to_the_bus);
	RUN_FRESH(an_empty_stream_is_waited_for);
	RUN_FRESH(a_blocked_reader_is_woken_by_another_process);
	RUN_FRESH(a_follower_is_woken_by_another_process);
	RUN_FRESH(a_stop_ends_a_blocked_read_at_once);
	RUN_FRESH(a_hundred_thousand_at_once_and_in_batches);
}

static void run_redis(void)
{
	url = redis_url;
	start_server();
	run_both();
	RUN_FRESH(errors_have_their_class);
	RUN_FRESH(a_dead_stream_of_the_wrong_type_keeps_the_entry);
	RUN_FRESH(a_letter_that_is_not_taken_is_an_error);
	RUN_FRESH(a_requeue_that_cannot_publish_keeps_the_letter);
	RUN_FRESH(too_many_to_be_counted_are_not_counted);
	RUN_FRESH(the_server_tells_its_settings_or_does_not);
	RUN_FRESH(passwords_and_databases_come_from_the_url);
	RUN_FRESH(a_silent_server_is_not_waited_for_without_end);
	RUN_FRESH(tcp_works_as_well);
	RUN_FRESH(a_connection_cut_anywhere_is_noticed);
	RUN_FRESH(a_group_lost_while_blocked_is_made_again);
	RUN_FRESH(a_group_that_is_lost_again_and_again_is_no_mistake);
	RUN_FRESH(a_server_that_dies_leaves_no_entry_without_reply);
	stop_server();
}

static void run_file(void)
{
	url = file_url;
	run_both();
	RUN_FRESH(the_directory_of_the_file_is_private);
	RUN_FRESH(a_file_has_no_server);
	RUN_FRESH(what_was_delivered_in_the_future_is_idle);
	RUN_FRESH(other_files_are_left_alone);
	RUN_FRESH(a_locked_file_is_a_reason_to_try_later);
	RUN_FRESH(a_batch_that_fails_leaves_nothing);
	RUN_FRESH(publishers_and_consumers_may_be_many);
	RUN_FRESH(a_trimmed_file_shrinks);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	const char *tmp = getenv("TMPDIR");
	snprintf(dir, sizeof dir, "%s/ros-bus-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		return 1;
	snprintf(socket_path, sizeof socket_path, "%s/r.sock", dir);
	snprintf(redis_url, sizeof redis_url, "unix://%s", socket_path);
	snprintf(file_url, sizeof file_url, "file://%s/bus.db", dir);
	RUN(ids_are_read_as_redis_reads_them);
	RUN(urls_are_taken_apart);
	RUN(unusable_urls_are_refused_without_their_password);
	RUN(a_peer_that_left_is_an_error_and_no_signal);
	RUN(letters_are_read_whoever_wrote_them);
	run_file();
	if (run((const char *const[]){ "redis-server", "--version", NULL }))
		run_redis();
	else
		printf("# SKIP the Redis driver: redis-server is not installed\n");
	run((const char *const[]){ "rm", "-rf", dir, NULL });
	return unit_done();
}
