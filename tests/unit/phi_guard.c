/* The guard and its keys: what is replaced, what is refused, what is attested, where it is written. */
#include "phi/guard.h"

#include "event/event.h"
#include "phi/scan.h"
#include "../lib/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD \
	"{\"invocation_id\":\"7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a\",\"timestamp\":\"2026-01-28T12:00:00.123Z\",\"governance_mode\":\"DEMO\"," \
	"\"project_id\":\"1b4e28ba-2fa1-41d2-883f-0016d3cca427\",\"caller\":\"worker\",\"tier\":\"MINI\",\"provider\":\"p\",\"model\":\"m\""
#define KEY_1 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define KEY_2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

static char path[] = "/tmp/unit-phi-guard-XXXXXX";
static struct json_reader *reader;
static struct buf in, out, again;
static struct json_fault fault;
static struct err e;

static struct phi_keys *keys_of(const char *text, mode_t mode)
{
	char variable[sizeof path + 32], home[] = "HOME=/nowhere";
	char *environment[] = { variable, home, NULL };
	struct config *c;
	struct phi_keys *keys = NULL;
	snprintf(variable, sizeof variable, "ROS_PHI_KEY_FILE=%s", path);
	int fd = open(path, O_WRONLY | O_TRUNC);
	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && fchmod(fd, mode) == 0);
	close(fd);
	CHECK_INT(config_open(&c, environment, &e), 0);
	if (phi_keys_open(&keys, c, &e) == 0)
		e.text[0] = '\0';
	config_close(c);
	return keys;
}

static void check_key_file(const char *text, mode_t mode, const char *why)
{
	struct phi_keys *keys = keys_of(text, mode);
	CHECK(!keys);
	CHECK_INT(e.status, ROS_CONFIG);
	CHECK(strstr(e.text, why) && strstr(e.text, path) && !strstr(e.text, "0123456789abcdef"));
	if (unit_failed_here)
		printf("# %s\n", e.text);
	phi_keys_free(keys);
}

static void key_files(void)
{
	struct phi_keys *keys = keys_of("# mine\n\n k2 " KEY_2 " \r\nk.1_-X " KEY_1 KEY_1, 0600);
	CHECK_STR(str_of(e.text), "");
	CHECK_STR(phi_keys_id(keys), "k2");
	phi_keys_free(keys);
	phi_keys_free(keys_of("k1 " KEY_1, 0400));
	CHECK_STR(str_of(e.text), "");
	check_key_file("k1 " KEY_1 "\n", 0640, "its mode is 0640");
	check_key_file("k1 " KEY_1 "\n", 0604, "its mode is 0604");
	check_key_file("", 0600, "no key in it");
	check_key_file("# none\n", 0600, "no key in it");
	check_key_file("k1 " KEY_1 "\nk2\n", 0600, "line 2: not a key-id");
	check_key_file("k/1 " KEY_1 "\n", 0600, "line 1: not a key-id");
	check_key_file("\nk1 0123456789abcdef\n", 0600, "line 2: the key is not");
	check_key_file("k1 " KEY_1 "0\n", 0600, "line 1: the key is not");
	check_key_file("k1 x" KEY_1 "x\n", 0600, "line 1: the key is not");
	check_key_file("k1 " KEY_1 "\nk1 " KEY_2 "\n", 0600, "line 2: the key-id is there twice");
}

/* The digests are those of openssl-dgst(1). */
static void hashes(void)
{
	char hash[PHI_HASH_TEXT];
	struct phi_keys *keys = keys_of("k2 " KEY_2 "\nk1 " KEY_1 "\n", 0600);
	phi_keys_hash(keys, STR("what do ya want for nothing?"), hash);
	CHECK_STR(str_of(hash), "hmac-sha256:ecb7e09649cc4b7c7d5f6aab6163017f717a349277e1f0d9522f7c4424a7cf21");
	CHECK(phi_keys_match(keys, STR("k2"), STR("what do ya want for nothing?"), str_of(hash)));
	CHECK(!phi_keys_match(keys, STR("k1"), STR("what do ya want for nothing?"), str_of(hash)));
	CHECK(!phi_keys_match(keys, STR("k3"), STR("what do ya want for nothing?"), str_of(hash)));
	CHECK(phi_keys_match(keys, STR("k1"), STR("what do ya want for nothing?"), STR("hmac-sha256:2fcd29d1e701a46eafbdda9ac8c12b0a8592e5fa6b470bd507de7a533fe23b1e")));
	phi_keys_free(keys);
}

/* The event of the text, which is kept until the next call. */
static const struct json *parse(struct buf *kept, struct str text)
{
	struct event ev;
	buf_clear(kept);
	buf_str(kept, text);
	const struct json *root = json_read(reader, buf_view(kept), &fault);
	CHECK(root && event_check(reader, root, &ev, &fault));
	if (unit_failed_here)
		printf("# %s: %s\n", fault.pointer, fault.rule);
	return root;
}

/* The guarded event, which is valid and passes the guard again as it is; or the rule that refuses it. */
static struct str guarded(struct phi_guard *g, const char *text)
{
	if (!phi_guard(g, &schema_ai, reader, parse(&in, str_of(text)), &out, &fault))
		return str_of(fault.rule);
	buf_clear(&again);
	CHECK(phi_guard(g, &schema_ai, reader, parse(&in, buf_view(&out)), &again, &fault));
	return buf_view(&out);
}

/* The guarded event without the head and with the attestation as G. */
static struct str tail(struct phi_guard *g, const char *text)
{
	static char short_form[4096];
	struct str s = guarded(g, text);
	static const char last[] = "\"version\":\"1\"}";
	const char *from = memmem(s.p, s.n, "{\"findings\"", 11), *to = from ? memmem(from, s.n - (size_t)(from - s.p), last, sizeof last - 1) : NULL;
	if (!to || !str_starts(s, HEAD))
		return s;
	int n = snprintf(short_form, sizeof short_form, "%.*sG%.*s", (int)(from - s.p - (ptrdiff_t)strlen(HEAD)), s.p + strlen(HEAD),
	                 (int)(s.p + s.n - to - (ptrdiff_t)sizeof last + 1), to + sizeof last - 1);
	return (struct str){ short_form, (size_t)n };
}

static void the_attestation_has_its_place_in_any_event(void)
{
	struct phi_guard *g = phi_guard_new(&(struct phi_guard_settings){ 0 });
	CHECK_STR(tail(g, HEAD "}"), ",\"phi\":{\"guard\":G}}");
	CHECK_STR(tail(g, HEAD ",\"phi\":{ } }"), ",\"phi\":{\"guard\":G } }");
	CHECK_STR(tail(g, HEAD ",\"phi\":{\"x\":1}}"), ",\"phi\":{\"guard\":G,\"x\":1}}");
	CHECK_STR(tail(g, HEAD ",\"phi\":{\"guard\" : {\"key_id\":\"SSN 123-45-6789\"}, \"x\":1},\"stage\":1.0e0}"),
	          ",\"phi\":{\"guard\" : G, \"x\":1},\"stage\":1.0e0}");
	CHECK_STR(tail(g, HEAD ",\"phi\":{\"x\":1,\"\\u0067uard\":{}}}"), ",\"phi\":{\"x\":1,\"\\u0067uard\":G}}");
	phi_guard_free(g);
}

static void text_of_demo_is_replaced_where_something_is_found(void)
{
	struct phi_guard *g = phi_guard_new(&(struct phi_guard_settings){ 0 });
	CHECK_STR(tail(g, HEAD ",\"phi\":{},\"prompt_redacted\":\"fine\",\"routing\":{\"features\":{\"a\":[\"SSN 123-45-6789, x\"]}}}"),
	          ",\"phi\":{\"guard\":G},\"prompt_redacted\":\"fine\",\"routing\":{\"features\":{\"a\":[\"[REDACTED:SSN]\"]}}}");
	CHECK(memmem(out.p, out.n, "\"findings\":{\"SSN\":1}", 20));
	phi_guard_free(g);
}

static void what_cannot_be_replaced_is_refused(void)
{
	struct phi_guard *g = phi_guard_new(&(struct phi_guard_settings){ 0 });
	CHECK_STR(guarded(g, HEAD ",\"tags\":[\"x\",\"SSN 123-45-6789\"]}"), "phi");
	CHECK_STR(str_of(fault.pointer), "/tags/1");
	CHECK_INT(fault.offset, 0);
	CHECK_STR(guarded(g, HEAD ",\"phi\":{\"SSN 123-45-6789\":1}}"), "phi");
	CHECK_STR(str_of(fault.pointer), "/phi/?");
	CHECK_INT(fault.offset, strlen(HEAD ",\"phi\":{\"SSN 123-45-6789\":"));
	CHECK_STR(guarded(g, HEAD ",\"phi\":{\"ssn\":123456789}}"), "phi");
	CHECK_STR(guarded(g, HEAD ",\"schema_version\":\"1.9.0\",\"SSN 123-45-6789\":null}"), "phi");
	phi_guard_free(g);
}

/* An address of a service is none of a patient's; what stands behind it may be. */
static void the_host_of_a_uri_is_a_service(void)
{
	struct phi_guard *g = phi_guard_new(&(struct phi_guard_settings){ 0 });
	CHECK(guarded(g, HEAD ",\"prompt_ref\":\"https://10.0.0.5:9000/runs/2026/01/28/7?version=2\"}").n > 100);
	CHECK(guarded(g, HEAD ",\"prompt_ref\":\"urn:uuid:7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a\"}").n > 100);
	CHECK_STR(guarded(g, HEAD ",\"prompt_ref\":\"https://jane@store.example/x\"}"), "phi");
	CHECK_STR(guarded(g, HEAD ",\"prompt_ref\":\"https://store.example/x?q=SSN%20123-45-6789\"}"), "phi");
	CHECK_STR(guarded(g, HEAD ",\"prompt_ref\":\"urn:x:123-45-6789\"}"), "phi");
	phi_guard_free(g);
}

static char live[4096];

/* An event of LIVE with that in it. */
static const char *live_with(const char *members)
{
	snprintf(live, sizeof live, HEAD ",%s}", members);
	memcpy(strstr(live, "DEMO"), "LIVE", 4);
	return live;
}

static void text_of_live_is_hashed_unread(void)
{
	struct phi_keys *keys = keys_of("k1 " KEY_1, 0600);
	struct phi_guard *g = phi_guard_new(&(struct phi_guard_settings){ .keys = keys });
	struct str s = guarded(g, live_with("\"error\":{\"message\":\"what do ya want for nothing?\"},\"phi\":{\"note\":\"\",\"n\":1}"));
	CHECK(memmem(s.p, s.n, "\"message\":\"hmac-sha256:2fcd29d1e701a46eafbdda9ac8c12b0a8592e5fa6b470bd507de7a533fe23b1e\"", 87));
	CHECK(memmem(s.p, s.n, "\"note\":\"hmac-sha256:", 20));
	CHECK(memmem(s.p, s.n, "\"text\":\"hash\"", 13));
	CHECK_STR(buf_view(&again), buf_cstr(&out)); /* the same hashes, and the same mac */
	CHECK_STR(guarded(g, live_with("\"phi\":{\"two words\":1}")), "key");
	CHECK_STR(guarded(g, live_with("\"schema_version\":\"1.1.0\",\"prompt_hash\":\"sha256:" KEY_1 "\"")), "unkeyed-hash");
	s = guarded(g, live_with("\"schema_version\":\"1.1.0\",\"prompt_hash\":\"hmac-sha256:" KEY_1 "\""));
	CHECK(memmem(s.p, s.n, "\"prompt_hash\":\"hmac-sha256:" KEY_1, 91));
	phi_guard_free(g);
	phi_keys_free(keys);
}

static void live_needs_a_key_and_the_guard(void)
{
	struct phi_keys *keys = keys_of("k1 " KEY_1, 0600);
	struct phi_guard *none = phi_guard_new(&(struct phi_guard_settings){ .scan_live = true });
	struct phi_guard *off = phi_guard_new(&(struct phi_guard_settings){ .keys = keys, .off = true });
	struct phi_guard *scan = phi_guard_new(&(struct phi_guard_settings){ .keys = keys, .scan_live = true });
	CHECK_STR(guarded(none, live_with("\"stage\":1")), "no-key");
	CHECK_STR(guarded(off, live_with("\"stage\":1")), "no-guard");
	struct str s = guarded(scan, live_with("\"prompt_redacted\":\"plain\",\"output_redacted\":\"SSN 123-45-6789\""));
	CHECK(memmem(s.p, s.n, "\"prompt_redacted\":\"plain\",\"output_redacted\":\"[REDACTED:SSN]\"", 60));
	CHECK(memmem(s.p, s.n, "\"text\":\"scan\"", 13));
	s = guarded(off, HEAD ",\"tags\":[\"SSN 123-45-6789\"]}");
	CHECK(memmem(s.p, s.n, "\"tags\":[\"SSN 123-45-6789\"],\"phi\":{\"guard\":", 42) && memmem(s.p, s.n, "\"text\":\"off\",", 13));
	phi_guard_free(none);
	phi_guard_free(off);
	phi_guard_free(scan);
	phi_keys_free(keys);
}

static enum phi_claim claim(const struct phi_keys *keys, struct str text)
{
	struct phi_guard *g = phi_guard_new(&(struct phi_guard_settings){ .keys = keys });
	enum phi_claim what = phi_guard_claim(g, reader, parse(&in, text));
	phi_guard_free(g);
	return what;
}

static void a_claim_holds_under_any_key_of_the_file(void)
{
	struct phi_keys *first = keys_of("k1 " KEY_1, 0600), *rotated = keys_of("k2 " KEY_2 "\nk1 " KEY_1, 0600), *other = keys_of("k2 " KEY_2, 0600);
	struct phi_guard *g = phi_guard_new(&(struct phi_guard_settings){ .keys = first });
	CHECK(guarded(g, HEAD ",\"stage\":1}").n > 100);
	CHECK_INT(claim(first, buf_view(&out)), PHI_ATTESTED);
	CHECK_INT(claim(rotated, buf_view(&out)), PHI_ATTESTED);
	CHECK_INT(claim(other, buf_view(&out)), PHI_UNATTESTED);
	CHECK_INT(claim(NULL, buf_view(&out)), PHI_ATTESTED);
	((char *)memmem(out.p, out.n, "\"stage\":1", 9))[8] = '2';
	CHECK_INT(claim(first, buf_view(&out)), PHI_UNATTESTED);
	CHECK_INT(claim(NULL, buf_view(&out)), PHI_ATTESTED);
	CHECK_INT(claim(NULL, STR(HEAD "}")), PHI_UNATTESTED);
	CHECK_INT(claim(NULL, STR(HEAD ",\"phi\":{\"guard\":{\"version\":\"1\",\"text\":\"scan\"}}}")), PHI_UNATTESTED);
	phi_guard_free(g);
	phi_keys_free(first);
	phi_keys_free(rotated);
	phi_keys_free(other);
}

static void an_event_that_grows_too_long_is_refused(void)
{
	struct phi_keys *keys = keys_of("k1 " KEY_1, 0600);
	struct phi_guard *g = phi_guard_new(&(struct phi_guard_settings){ .keys = keys });
	struct buf text;
	buf_init(&text, EVENT_LINE_MAX);
	buf_z(&text, live_with("\"phi\":{\"list\":[\"\""));
	text.n -= 1;
	for (int i = 0; i < 20000; i++)
		buf_z(&text, ",\"\"");
	buf_z(&text, "]}}");
	CHECK_STR(guarded(g, buf_cstr(&text)), "size");
	buf_free(&text);
	phi_guard_free(g);
	phi_keys_free(keys);
}

/* What stands in the place of a text is not found itself, whatever was. */
static void marks_pass(void)
{
	struct phi_guard *g = phi_guard_new(&(struct phi_guard_settings){ 0 });
	char mark[128];
	for (size_t i = 0; i < phi_n_rules; i++) {
		snprintf(mark, sizeof mark, "[REDACTED:%s]", phi_rules[i].label);
		CHECK(phi_guard_clean(g, str_of(mark)));
	}
	phi_guard_free(g);
}

int main(void)
{
	close(mkstemp(path));
	reader = json_reader_new(JSON_EVENT_LIMITS);
	buf_init(&in, EVENT_LINE_MAX);
	buf_init(&out, EVENT_LINE_MAX);
	buf_init(&again, EVENT_LINE_MAX);
	RUN(key_files);
	RUN(hashes);
	RUN(the_attestation_has_its_place_in_any_event);
	RUN(text_of_demo_is_replaced_where_something_is_found);
	RUN(what_cannot_be_replaced_is_refused);
	RUN(the_host_of_a_uri_is_a_service);
	RUN(text_of_live_is_hashed_unread);
	RUN(live_needs_a_key_and_the_guard);
	RUN(a_claim_holds_under_any_key_of_the_file);
	RUN(an_event_that_grows_too_long_is_refused);
	RUN(marks_pass);
	unlink(path);
	buf_free(&in);
	buf_free(&out);
	buf_free(&again);
	json_reader_free(reader);
	return unit_done();
}
