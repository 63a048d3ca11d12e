// Composes subgraphs with two vendors' tools, then answers operations over both as a router does.
// In: {"subgraphs": {name: address}, "operations": [query]}. Out: {"problems": {tool: [message]}, "answers": [...]}.

import { createHash } from "node:crypto";
import { stdin, stdout } from "node:process";
import { composeServices as composeByApollo } from "@apollo/composition";
import { ApolloGateway } from "@apollo/gateway";
import { composeServices as composeByGuild } from "@theguild/federation-composition";
import { parse } from "graphql";

async function ask(url, query) {
  const headers = { "content-type": "application/json", accept: "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) });
  return response.json();
}

async function described([name, url]) {
  const { data } = await ask(url, "{ _service { sdl } }");
  return { name, url, typeDefs: parse(data._service.sdl) };
}

async function answered(gateway, query) {
  const document = parse(query);
  const request = { query, variables: {}, http: { headers: new Map() } };
  const queryHash = createHash("sha256").update(query).digest("hex");
  const { executor } = gateway;
  return executor({ document, request, queryHash, operationName: null, context: {}, metrics: {} });
}

let input = "";
for await (const chunk of stdin) input += chunk;
const { subgraphs, operations } = JSON.parse(input);
const services = await Promise.all(Object.entries(subgraphs).map(described));
const byApollo = composeByApollo(services);
const byGuild = composeByGuild(services);
const problems = {
  apollo: (byApollo.errors ?? []).map((error) => error.message),
  guild: (byGuild.errors ?? []).map((error) => error.message),
};
const answers = [];
if (byApollo.supergraphSdl) {
  const router = new ApolloGateway({ supergraphSdl: byApollo.supergraphSdl, logger: { ...console, info() {}, debug() {} } });
  const gateway = await router.load();
  for (const operation of operations) answers.push(await answered(gateway, operation));
  await router.stop();
}
stdout.write(JSON.stringify({ problems, answers }));
