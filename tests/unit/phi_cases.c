/* Notes, queries, HL7, FHIR and key-value pairs for every letter A to R, and texts of clinics and telemetry in which nobody is named. */
#include "json/reader.h"
#include "phi/leaf.h"
#include "phi/scan.h"

#include "../lib/unit.h"

struct phi_case {
	char letter; /* that must be among the findings; '-': there must be none */
	const char *key, *text;
};

static const struct phi_case cases[] = {
	{ 'A', "", "Pt John Q. Public presents with chest pain." },
	{ 'A', "", "Spoke with the daughter, Melissa, about discharge." },
	{ 'A', "", "Mrs. O'Brien-Walsh was seen today" },
	{ 'A', "", "Patient: KOWALSKI, DEBORAH" },
	{ 'A', "", "Name: Giuseppe Verdi Rossi" },
	{ 'A', "", "Summarize the chart of Fatima Hassan for me" },
	{ 'A', "patient_name", "xu li" },
	{ 'A', "patient.name", "Björk Guðmundsdóttir" },
	{ 'A', "", "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Oyelaran\",\"given\":[\"Ade\"]}]}" },
	{ 'B', "", "lives at 742 Evergreen Terrace, Springfield" },
	{ 'B', "", "Mail to 1600 N. 5th Ave Apt 3B" },
	{ 'B', "", "resident of Maple Grove" },
	{ 'B', "", "Patient from San Mateo, California" },
	{ 'B', "", "Her address is P.O. Box 4471" },
	{ 'B', "", "zip 62704" },
	{ 'B', "postalCode", "K1A 0B1" },
	{ 'B', "", "transferred from Riverside General Hospital yesterday" },
	{ 'C', "", "DOB 03/15/1952" },
	{ 'C', "", "admitted on March 3rd, 2021" },
	{ 'C', "", "date of birth: 1952-03-15" },
	{ 'C', "", "born 15 mars 1952 DOB 15.03.1952" },
	{ 'C', "", "d/c 3/15/21 patient stable" },
	{ 'C', "", "a 94-year-old woman with CHF" },
	{ 'C', "", "age: 97" },
	{ 'C', "", "97 y/o M" },
	{ 'C', "birthDate", "1952-03-15" },
	{ 'C', "", "surgery was scheduled for June 12" },
	{ 'D', "", "call (415) 555-2671 after 5" },
	{ 'D', "", "cell: 4155552671" },
	{ 'D', "", "+44 7700 900123" },
	{ 'D', "", "Tel 030 1234567" },
	{ 'E', "", "Fax results to 415-555-2671" },
	{ 'E', "", "fax no. (415) 555 2671" },
	{ 'F', "", "write to jane_doe+test@mail.example.co.uk" },
	{ 'F', "", "email: jdoe@st-marys" },
	{ 'G', "", "SSN 078-05-1120" },
	{ 'G', "", "social security number is 078051120" },
	{ 'G', "", "ssn ending in 1120" },
	{ 'G', "", "987-65-4320" },
	{ 'H', "", "MRN# 00-12-34-56" },
	{ 'H', "", "medical record no. A1234567" },
	{ 'H', "", "MRN: 123 456 789" },
	{ 'H', "mrn", "1b4e28ba-2fa1-41d2-883f-0016d3cca427" },
	{ 'H', "", "PID|1||1b4e28ba-2fa1-41d2-883f-0016d3cca427^^^HOSP^MR||DOE^JANE" },
	{ 'H', "", "\"identifier\":[{\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0203\",\"code\":\"MR\"}]},\"system\":\"urn:x\",\"value\":\"ABCDEFG-1\"}]" },
	{ 'I', "", "Medicare ID 1EG4-TE5-MK73" },
	{ 'I', "", "policy number XYZ-998877" },
	{ 'I', "", "Member ID: W123456789" },
	{ 'I', "", "BCBS #ZGP123456789" },
	{ 'I', "", "OHIP 1234-567-890-AB" },
	{ 'J', "", "acct #00123456" },
	{ 'J', "", "Visa 4111 1111 1111 1111" },
	{ 'J', "", "paid with card 5500005555555559" },
	{ 'J', "", "IBAN DE89 3704 0044 0532 0130 00" },
	{ 'J', "", "patient account number is 7788990" },
	{ 'K', "", "driver's license D1234-56789-01234" },
	{ 'K', "", "License No: RN123456" },
	{ 'K', "", "NPI 1234567893" },
	{ 'K', "", "DEA# AB1234563" },
	{ 'L', "", "VIN 1HGCM82633A004352" },
	{ 'L', "", "license plate 8ABC123" },
	{ 'M', "", "pacemaker serial number PM-445521" },
	{ 'M', "", "IMEI 490154203237518" },
	{ 'M', "", "device MAC 00:1A:2B:3C:4D:5E" },
	{ 'M', "", "UDI (01)00643169007222(17)141120" },
	{ 'N', "", "patient portal at https://portal.example.org/p/8812" },
	{ 'N', "", "see www.janedoe-blog.example" },
	{ 'O', "", "logged in from 203.0.113.77" },
	{ 'O', "", "client ip 2001:db8:85a3::8a2e:370:7334" },
	{ 'P', "", "fingerprint template FP-99812-A" },
	{ 'P', "", "voiceprint id: VP77120" },
	{ 'Q', "", "data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQ" },
	{ 'Q', "patientPhoto", "https://example.com/a.jpg" },
	{ 'R', "", "Patient ID: 4455-A" },
	{ 'R', "", "passport number X12345678" },
	{ 'R', "", "NHS number 943 476 5919" },
	{ 'R', "", "SIN 046 454 286" },
	{ 'R', "", "case no. 22-CV-1187" },
};

static const struct phi_case clean[] = {
	{ '-', "", "Metformin 500 mg twice daily, A1c 7.2 %, BP 120/80, HR 72" },
	{ '-', "", "ADA guidelines 2023 recommend SGLT2 inhibitors" },
	{ '-', "", "Parkinson disease, Graves disease, Crohn's disease and Hodgkin lymphoma" },
	{ '-', "", "BRCA1, TP53 and HER2 status; EGFR L858R mutation" },
	{ '-', "", "node 18.19.0, python 3.11.7, redis 7.0.15" },
	{ '-', "", "listening on port 6379, pid 12345" },
	{ '-', "", "took 1769601600 s, at 1769601600123 ms" },
	{ '-', "", "request 1b4e28ba-2fa1-41d2-883f-0016d3cca427 done" },
	{ '-', "", "commit 9afcd44d14cf8bfe6775dc7701564f61cb435c8e" },
	{ '-', "", "trial NCT01234567, ISRCTN12345678" },
	{ '-', "", "ICD-10 E11.65, CPT 99213, LOINC 4548-4, SNOMED 44054006" },
	{ '-', "", "see pages 112-118, vol. 384, no. 5, doi 10.1056/NEJMoa2034577" },
	{ '-', "", "Smith et al. showed a hazard ratio of 0.72 (95 % CI 0.61-0.85)" },
	{ '-', "", "The Glasgow Coma Scale and Apgar Score; Wilson disease" },
	{ '-', "", "WBC 12.3, Hgb 13.5, Plt 250, Na 138, K 4.1, creatinine 1.02" },
	{ '-', "", "a 45-year-old man with hypertension" },
	{ '-', "", "patients aged 18 to 65 years" },
	{ '-', "", "in 2019, 45 of 90 patients recovered" },
	{ '-', "", "COVID-19 and SARS-CoV-2, influenza A(H1N1)" },
	{ '-', "", "{\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"00f067aa0ba902b7\"}" },
	{ '-', "timestamp", "2026-01-28T12:00:00.123Z" },
	{ '-', "model", "claude-opus-4-5-20251101" },
	{ '-', "stream_id", "1769601600123-0" },
	{ '-', "", "gpt-4o-2024-08-06, temperature 0.7, top_p 0.95" },
	{ '-', "", "dose: 2.5 mL/kg/h over 24 h; repeat q6h x 3" },
	{ '-', "", "Error 404: resource not found at line 1234, column 56" },
	{ '-', "", "sha256:9afcd44d14cf8bfe6775dc7701564f61cb435c8e74616796491718de357e3da8" },
	{ '-', "", "Who wrote it? May be Monday or Tuesday" },
	{ '-', "", "Mean age 63 (SD 11), n = 1,204, p < 0.001" },
	{ '-', "", "phone support is open 24/7; fax is not" },
	{ '-', "", "the patient's account of the event" },
	{ '-', "", "insurance covers 80 % of 2024 costs" },
	{ '-', "", "Kaplan-Meier curve and Cox regression; Mann-Whitney U test" },
	{ '-', "", "room 12, bed 3, ward 4B" },
	{ '-', "", "license: Apache-2.0, see LICENSE" },
	{ '-', "", "std::vector<int> a::b; 12:30:45" },
	{ '-', "usage", "1234567890" },
	{ '-', "address", "10.0.0.1:8080" },
	{ '-', "", "ID of the model: m-12" },
	{ '-', "", "call 911 in an emergency" },
	{ '-', "", "the serial dilution was 1:1000" },
	{ '-', "", "Vitamin B12 1000 mcg, D3 2000 IU" },
	{ '-', "", "New York Heart Association class III" },
	{ '-', "", "ran from 10-12 to 14-16, ratio 3/15" },
};

static struct phi_scanner *scanner;

static bool finds(const struct phi_case *c)
{
	const struct phi_finding *found;
	struct err e;
	size_t n;
	CHECK_INT(phi_scan(scanner, str_of(*c->key ? c->key : NULL), str_of(c->text), &found, &n, &e), 0);
	for (size_t i = 0; i < n; i++)
		if (c->letter == '-' || found[i].rule->letter == c->letter)
			return true;
	return false;
}

static void every_identifier_is_found(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (!finds(&cases[i]))
			unit_fail(__FILE__, __LINE__, cases[i].text);
}

static void texts_without_patients_are_clean(void)
{
	for (size_t i = 0; i < sizeof clean / sizeof *clean; i++)
		if (finds(&clean[i]))
			unit_fail(__FILE__, __LINE__, clean[i].text);
}

static void fhir_says_what_a_value_is(void)
{
	const struct json_limits limits = { .bytes = 1 << 16, .depth = 16, .nodes = 1000 };
	struct json_reader *r = json_reader_new(limits);
	struct json_fault fault;
	const struct json *root = json_read(r,
	                                    STR("{\"identifier\":[{\"type\":{\"coding\":[{\"code\":\"MR\"}]},\"value\":\"x\"}],"
	                                        "\"telecom\":[{\"system\":\"phone\",\"value\":\"y\"}],\"name\":[{\"given\":[\"z\"]}],\"value\":1}"),
	                                    &fault);
	CHECK_STR(phi_leaf_key(r, root, json_at(r, root, "identifier/0/value")), "medical record number");
	CHECK_STR(phi_leaf_key(r, root, json_at(r, root, "telecom/0/value")), "phone");
	CHECK_STR(phi_leaf_key(r, root, json_at(r, root, "name/0/given/0")), "given");
	CHECK_STR(phi_leaf_key(r, root, json_at(r, root, "value")), "value");
	json_reader_free(r);
}

static void what_cannot_be_scanned_is_an_error(void)
{
	const struct phi_finding *found;
	struct err e;
	size_t n;
	CHECK_INT(phi_scan(scanner, (struct str){ 0 }, STR("a \xFF b"), &found, &n, &e), -1);
	CHECK_STR(str_of(e.text), "a text is no UTF-8");
	CHECK_INT(phi_scan(scanner, (struct str){ 0 }, (struct str){ "", PHI_TEXT_MAX + 1 }, &found, &n, &e), -1);
	CHECK_STR(str_of(e.text), "a text is too long to be scanned");
}

int main(void)
{
	scanner = phi_scanner_new();
	RUN(every_identifier_is_found);
	RUN(texts_without_patients_are_clean);
	RUN(fhir_says_what_a_value_is);
	RUN(what_cannot_be_scanned_is_an_error);
	phi_scanner_free(scanner);
	return unit_done();
}
