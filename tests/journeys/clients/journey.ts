// The main path, as a platform written in TypeScript takes it: every address, body and answer is checked by the compiler
// against what openapi-typescript made of the service's document.
import createClient from "openapi-fetch";
import type { paths } from "./peerloom.js";

const [url, key, facilitator, learner] = process.argv.slice(2) as [string, string, string, string];
const as = (secret: string) => createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${secret}` } });
const [platform, ilse, amara] = [as(key), as(facilitator), as(learner)];

type Answer<Data> = { data?: Data; error?: unknown; response: Response };

function expect<Data>(status: number, { data, error, response }: Answer<Data>): Data {
  if (response.status !== status) throw new Error(`${response.url}: ${response.status} ${JSON.stringify(error)}`);
  return data as Data;
}

function same(found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`found ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
}

const id = { path: { id: "plan" } };
const criteria = [{ id: "k1", text: "says what it costs", question: "Who pays for it?", points: null }];
const challenge = { title: "Plan it", prompt: "Plan peer observation.", criteria };
same(expect(201, await platform.PUT("/v1/challenges/{id}", { params: id, body: challenge })).version, 1);

const noor = { name: "Noor Haddad", roles: [{ role: "learner" as const, group: "year-8" }] };
expect(201, await platform.PUT("/v1/people/{id}", { params: { path: { id: "noor" } }, body: noor }));
same(expect(200, await platform.GET("/v1/people/{id}", { params: { path: { id: "noor" } } })).name, "Noor Haddad");

const work = { params: { path: { id: "work-1" } } };
const text = process.env["TEXT"] ?? "";
const body = { challenge: "plan", person: "amara", text };
const header = { "Idempotency-Key": "work-1-first" };
expect(202, await platform.PUT("/v1/submissions/{id}", { params: { ...work.params, header }, body }));

const until = Date.now() + 60_000;
while (expect(200, await platform.GET("/v1/submissions/{id}", work)).draft.state !== "ready") {
  if (Date.now() > until) throw new Error("No draft was made.");
  await new Promise((wake) => setTimeout(wake, 100));
}

const query = { submission: "work-1", state: ["ready" as const] };
const line = expect(200, await platform.GET("/v1/drafts", { params: { query } })).items[0];
if (line === undefined) throw new Error("The draft is not in the list.");
const path = { id: line.id };
const seen = (version: number) => ({ params: { path, header: { "If-Match": `"${version}"` } } });
const draft = expect(200, await ilse.GET("/v1/drafts/{id}", { params: { path } }));

const said = "Which question will the first pair agree on?";
const point = draft.detail[0]?.id ?? "";
const edited = expect(
  200,
  await ilse.PATCH("/v1/drafts/{id}/points/{point}", {
    params: { path: { ...path, point }, header: { "If-Match": `"${draft.version}"` } },
    body: { act: "edit", text: said },
  }),
);
const stale = await ilse.POST("/v1/drafts/{id}/approve", { ...seen(draft.version), body: { seen: draft.text_hash } });
same(stale.error?.kind, "changed-since");

const approve = async (version: number) =>
  expect(200, await ilse.POST("/v1/drafts/{id}/approve", { ...seen(version), body: { seen: edited.text_hash } }));
const first = await approve(edited.version);
const undone = expect(200, await ilse.POST("/v1/drafts/{id}/undo", seen(first.version)));
const second = await approve(undone.version);
same(expect(200, await ilse.POST("/v1/drafts/{id}/release", seen(second.version))).state, "released");

const feedback = expect(200, await amara.GET("/v1/submissions/{id}/feedback", work));
same(feedback.points[0]?.text, said);
console.log("arrived");
