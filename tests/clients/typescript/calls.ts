// A handful of calls by a client that is made of the OpenAPI document and of nothing else. What the document
// does not allow does not compile; what is answered goes to standard output as JSON.

import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[] };
const [baseUrl, email, password, video, locked] = process.argv.slice(2) as [string, string, string, string, string];

const anonymous = createClient<paths>({ baseUrl });
const login = await anonymous.POST("/api/v1/auth/login", { body: { email, password } });
if (!login.data) throw new Error(JSON.stringify(login.error));

const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${login.data.access}` } });

const completed = await client.POST("/api/v1/progress/videos/{id}/complete", {
  params: { path: { id: Number(video) } },
});
const refused = await client.GET("/api/v1/course-management/videos/{id}", {
  params: { path: { id: Number(locked) } },
});

const preferences = await client.PATCH("/api/v1/users/me/preferences", {
  body: { playbackSpeed: 1.25, language: "de-AT" },
});

// Any JSON value, as document 000 says.
const metadata: Array<unknown> = [1, "two", { three: null }];
const item = await client.POST("/api/user_progress", {
  body: { data: { progress_type: "sign_learned", item_id: "hello", value: "seen", score: 3, metadata } },
});

const items: components["schemas"]["InteractionInputRequest"][] = [
  { type: "viewed-slide", payload: { tcodeId: 12, slide: 4, zoom: 1.5 } },
  { type: "viewed-slide", payload: { tcodeId: 12 } },
  { type: "x-drew", payload: [[1, 2]] },
];
const logged = await client.POST("/api/v1/interactions", { body: { items, partial: true } });

const keys = await client.GET("/api/v1/users/me/permissions");

// @ts-expect-error: a type of progress that there is not
await client.GET("/api/user_progress", { params: { query: { progress_type: "none" } } });

console.log(
  JSON.stringify({
    email: login.data.user.email,
    next: completed.data?.next?.id,
    refused: refused.error?.errors[0]?.code,
    speed: preferences.data?.playbackSpeed,
    metadata: item.data?.metadata,
    statuses: logged.data && "items" in logged.data ? logged.data.items.map((row) => "status" in row && row.status) : [],
    keys: keys.data?.rows.length,
  }),
);
