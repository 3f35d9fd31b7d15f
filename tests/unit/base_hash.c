/* base/hash, base/uuid: digests and ids, against the values of their standards. */
#include "base/hash.h"

#include "base/uuid.h"
#include "../lib/unit.h"

static struct str sha256_text(struct str bytes)
{
	static char text[SHA256_TEXT];
	struct sha256 h = sha256_of(bytes);
	sha256_format(&h, text);
	return str_of(text);
}

/* FIPS 180-4, examples. */
static void sha256(void)
{
	CHECK_STR(sha256_text(STR("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CHECK_STR(sha256_text(STR("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	CHECK_STR(sha256_text(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
	          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void sha256_in_pieces(void)
{
	struct sha256 whole = sha256_of(STR("abc")), pieces;
	struct sha256_stream *s = sha256_begin();
	sha256_add(s, STR("a"));
	sha256_add(s, STR(""));
	sha256_add(s, STR("bc"));
	sha256_end(s, &pieces);
	CHECK(memcmp(&whole, &pieces, sizeof whole) == 0);
	sha256_end(sha256_begin(), NULL);
	sha256_end(NULL, NULL);
}

static void sha1(void)
{
	static const uint8_t want[20] = { 0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e,
		                          0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d };
	struct sha1 h = sha1_of(STR("a"), STR("bc"));
	CHECK(memcmp(h.b, want, sizeof want) == 0);
}

static void accumulate(void)
{
	struct sha256 sum = { 0 }, most, one = { 0 };
	memset(most.b, 0xff, sizeof most.b);
	one.b[31] = 2;
	sha256_accumulate(&sum, &most);
	sha256_accumulate(&sum, &one);
	CHECK_INT(sum.b[31], 1);
	for (int i = 0; i < 31; i++)
		CHECK_INT(sum.b[i], 0);
}

static void accumulate_in_any_order(void)
{
	struct sha256 a = sha256_of(STR("a")), b = sha256_of(STR("b")), ab = a, ba = b;
	sha256_accumulate(&ab, &b);
	sha256_accumulate(&ba, &a);
	CHECK(memcmp(&ab, &ba, sizeof ab) == 0);
	CHECK(memcmp(&ab, &a, sizeof ab) != 0);
}

static void table_hash(void)
{
	const char *text = "0123456789abcdef";
	for (size_t n = 0; n < 16; n++) {
		CHECK(hash_bytes(text, n) == hash_bytes(text, n));
		CHECK(hash_bytes(text, n) != hash_bytes(text, n + 1));
	}
	CHECK(hash_bytes("a", 1) != hash_bytes("b", 1));
}

static void uuid_text(void)
{
	struct uuid u;
	char text[UUID_TEXT];
	CHECK(uuid_parse(STR("6BA7b810-9dad-11d1-80b4-00c04fd430c8"), &u));
	uuid_format(&u, text);
	CHECK_STR(str_of(text), "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
}

static void uuid_refused(void)
{
	static const char *const bad[] = {
		"", "proj-123", "6ba7b8109dad11d180b400c04fd430c8", "6ba7b810-9dad-11d1-80b4-00c04fd430c",
		"6ba7b810-9dad-11d1-80b4-00c04fd430c8 ", "{ba7b810-9dad-11d1-80b4-00c04fd430c8}",
		"6ba7b810-9dad-11d1-80b4-00c04fd430cg", "6ba7b810+9dad-11d1-80b4-00c04fd430c8",
		"6ba7b81-09dad-11d1-80b4-00c04fd430c8", "urn:uuid:6ba7b810-9dad-11d1-80b4-00c",
	};
	struct uuid u;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!uuid_parse(str_of(bad[i]), &u));
}

static void uuid_made_at_random(void)
{
	struct uuid a = uuid_random(), b = uuid_random();
	CHECK_INT(a.b[6] >> 4, 4);
	CHECK_INT(a.b[8] >> 6, 2);
	CHECK(memcmp(&a, &b, sizeof a) != 0);
}

/* RFC 9562, appendix A.4. */
static void uuid_made_of_a_name(void)
{
	struct uuid dns, u;
	char text[UUID_TEXT];
	CHECK(uuid_parse(STR("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), &dns));
	u = uuid_named(&dns, STR("www.example.com"));
	uuid_format(&u, text);
	CHECK_STR(str_of(text), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

int main(void)
{
	RUN(sha256);
	RUN(sha256_in_pieces);
	RUN(sha1);
	RUN(accumulate);
	RUN(accumulate_in_any_order);
	RUN(table_hash);
	RUN(uuid_text);
	RUN(uuid_refused);
	RUN(uuid_made_at_random);
	RUN(uuid_made_of_a_name);
	return unit_done();
}
