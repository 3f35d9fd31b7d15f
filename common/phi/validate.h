/*
 * Checks of candidates: whether digits can be what they look like. Each takes the candidate as it stands in the text, passes over
 * spaces, dashes and dots between digits, and knows nothing of what is around it.
 */
#ifndef ROS_PHI_VALIDATE_H
#define ROS_PHI_VALIDATE_H

#include "base/str.h"

#include <stdbool.h>

/* A sorted table that ends with NULL (rules.h) has the text, in lower case or not. */
bool phi_in_table(const char *const *table, struct str text);

/* The length of the country's IBAN by the first two letters, 0: no such country. */
size_t phi_iban_length(const char country[2]);

/* Issued numbers (Social Security Administration, POMS RM 10201.035): no area 000, 666, 900-999, no group 00, no serial 0000. */
bool phi_is_ssn(struct str s);
bool phi_is_ssn_length(struct str s); /* nine digits */

/* ISO/IEC 7812: 13 to 16 digits, first digits of a large issuer (2221-2720, 3, 4, 51-55, 6), check digit by Luhn. */
bool phi_is_card(struct str s);
bool phi_is_card_length(struct str s); /* 11 to 19 digits */

/* 45 CFR 162.406: ten digits, the first 1 or 2, Luhn with 80840 in front. */
bool phi_is_npi(struct str s);

/* 21 CFR 1306 practice: two letters (or letter and 9), seven digits; the last is the last digit of d1+d3+d5 + 2(d2+d4+d6). */
bool phi_is_dea(struct str s);

/* 49 CFR 565.15: 17 characters, a check digit at position 9, by weights modulo 11. */
bool phi_is_vin(struct str s);

/* ISO 13616: the country's length, and modulo 97 of the rearranged number is 1. */
bool phi_is_iban(struct str s);

/* NHS Data Dictionary, NHS NUMBER: ten digits, weights 10 to 2, modulo 11. */
bool phi_is_nhs(struct str s);

/* Canada, Social Insurance Number: nine digits, the first not 0 or 8 but for samples, Luhn. */
bool phi_is_sin(struct str s);

/* CMS, Understanding the MBI Format: 11 characters, C A AN N A AN N A A N N; C is 1 to 9, letters are without S, L, O, I, B, Z. */
bool phi_is_mbi(struct str s);

bool phi_is_ipv4(struct str s); /* not loopback, not unspecified, no net mask */
bool phi_is_ipv6(struct str s); /* by inet_pton(3), with two groups of three digits or more */

bool phi_is_phone(struct str s);        /* North American Numbering Plan: area and exchange start with 2 to 9 */
bool phi_is_phone_world(struct str s);  /* ITU-T E.164: 8 to 15 digits */
bool phi_is_phone_length(struct str s); /* 7 to 15 digits, but no date such as 2026-01-28 */

/* 3GPP TS 23.003, annex B: 15 digits, the last by Luhn. */
bool phi_is_imei(struct str s);

/* GS1 General Specifications, 7.9: the 14 digits of a GTIN behind "(01)", the last by weights 3 and 1. */
bool phi_is_udi(struct str s);

/*
 * ZIP codes of five or nine digits. Three digits only where their area is too small to be named: the 17 of phi-zip3-restricted.txt, 45 CFR
 * 164.514(b)(2)(i)(B).
 */
bool phi_is_zip(struct str s);

bool phi_is_date(struct str s);  /* three numbers with a day and a month among them */
bool phi_is_day(struct str s);   /* more than a year: Safe Harbor leaves years alone, 45 CFR 164.514(b)(2)(i)(C) */
bool phi_is_month(struct str s); /* 1 to 12 comes first */
bool phi_is_stamp(struct str s); /* YYYYMMDD of 1900 to 2099, or MMDDYYYY */
bool phi_is_age90(struct str s); /* 90 to 125: 45 CFR 164.514(b)(2)(i)(C) */

bool phi_is_month_day(struct str s); /* a month by name and a day, 1 to 31 */

/* HM Revenue and Customs, NIM39110: two letters, six digits, A to D, without prefixes that are not given out. */
bool phi_is_nino(struct str s);

/* Quebec, numéro d'assurance maladie: four letters; year, month (+50: woman) and day of birth; two digits. */
bool phi_is_ramq(struct str s);

bool phi_is_wallet(struct str s); /* base58 of 26 to 35 characters that begins with 1 or 3 */

bool phi_is_id(struct str s);           /* with a digit; no year, no decimal number */
bool phi_is_long_id(struct str s);      /* an id of four digits or more */
bool phi_is_ssn_end(struct str s);      /* four digits */
bool phi_is_street(struct str s);       /* a digit, a letter and a space */
bool phi_is_place(struct str s);        /* no state or country: those are no subdivision smaller than a state */
bool phi_is_mailbox(struct str s);      /* no address that programs use and no person reads: git@, noreply@ */
bool phi_is_town(struct str s);         /* a place whose name is no ordinary word and not in capitals */
bool phi_is_letters(struct str s);      /* a letter, no digit */
bool phi_is_capital_name(struct str s); /* letters of which the first is a capital */

#endif
