/* The checks of candidates, against published samples and one wrong digit. */
#include "phi/example.h"
#include "phi/redact.h"
#include "phi/validate.h"

#include "../lib/unit.h"

static void numbers_with_check_digits(void)
{
	CHECK(phi_is_card(STR("4111 1111 1111 1111")) && !phi_is_card(STR("4111111111111112")));
	CHECK(phi_is_npi(STR("1234567893")) && !phi_is_npi(STR("1234567890")));
	CHECK(phi_is_dea(STR("AB1234563")) && !phi_is_dea(STR("AB1234564")));
	CHECK(phi_is_vin(STR("1HGCM82633A004352")) && !phi_is_vin(STR("1HGCM82634A004352")));
	CHECK(phi_is_iban(STR("GB82 WEST 1234 5698 7654 32")) && !phi_is_iban(STR("GB82WEST1234569876543")));
	CHECK(phi_is_nhs(STR("943 476 5919")) && !phi_is_nhs(STR("943 476 5918")));
	CHECK(phi_is_sin(STR("046 454 286")) && !phi_is_sin(STR("046 454 287")));
}

static void issued_numbers(void)
{
	CHECK(phi_is_ssn(STR("123-45-6789")));
	CHECK(!phi_is_ssn(STR("000-45-6789")) && !phi_is_ssn(STR("666-45-6789")) && !phi_is_ssn(STR("987-65-4321")));
	CHECK(phi_is_mbi(STR("1EG4-TE5-MK73")) && !phi_is_mbi(STR("0EG4-TE5-MK73")));
	CHECK(phi_is_phone(STR("(555) 234-5678")) && !phi_is_phone(STR("155 234 5678")));
	CHECK(phi_is_phone_length(STR("5552345678")) && !phi_is_phone_length(STR("2026-01-28 10")));
}

static void dates_and_places(void)
{
	CHECK(phi_is_date(STR("2023-07-18")) && phi_is_date(STR("31/12/2020")) && !phi_is_date(STR("45/45/2020")));
	CHECK(phi_is_stamp(STR("19800229")) && phi_is_stamp(STR("12311999")) && !phi_is_stamp(STR("19804501")));
	CHECK(phi_is_zip(STR("62704")) && phi_is_zip(STR("036")) && !phi_is_zip(STR("627")));
	CHECK(phi_is_age90(STR("93 years")) && !phi_is_age90(STR("89")) && !phi_is_age90(STR("126")));
}

static void tell(void *with, const struct phi_rule *rule, const char *list, size_t number)
{
	(void)with;
	printf("# %s: %s %zu\n", rule->id, list, number);
}

static void every_rule_holds_its_examples(void)
{
	struct phi_scanner *s = phi_scanner_new();
	CHECK_INT(phi_test_examples(s, tell, NULL), 0);
	phi_scanner_free(s);
}

static void offsets_are_of_the_text_as_given(void)
{
	struct phi_scanner *s = phi_scanner_new();
	const struct phi_finding *found;
	struct err e;
	size_t n;
	CHECK_INT(phi_scan(s, STR("note"), STR("SSN 1\xE2\x80\x8B" "23&#45;45-6789 x"), &found, &n, &e), 0);
	CHECK_INT(n, 1);
	CHECK_INT(found[0].start, 4);
	CHECK_INT(found[0].n, 18);
	phi_scanner_free(s);
}

static void redaction_leaves_the_rest(void)
{
	struct phi_scanner *s = phi_scanner_new();
	struct buf out;
	struct err e;
	bool changed;
	buf_init(&out, 1 << 16);
	CHECK_INT(phi_redact(s, (struct str){ 0 }, STR("SSN: 123-45-6789, mail a.b@example.com!"), &out, &changed, &e), 0);
	CHECK(changed);
	CHECK_STR(buf_view(&out), "SSN: [SSN], mail [EMAIL]!");
	buf_free(&out);
	phi_scanner_free(s);
}

int main(void)
{
	RUN(numbers_with_check_digits);
	RUN(issued_numbers);
	RUN(dates_and_places);
	RUN(every_rule_holds_its_examples);
	RUN(offsets_are_of_the_text_as_given);
	RUN(redaction_leaves_the_rest);
	return unit_done();
}
