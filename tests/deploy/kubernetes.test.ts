import { describe, expect, it } from "vitest"
import { HEALTH_PATHS } from "../../src/serve/http/health-routes.ts"
import { readTokens } from "../../src/serve/index.ts"
import { type Manifest, type Probe, quantity, readManifests } from "./manifests.ts"

const manifests = readManifests()
const of = (kind: string): readonly Manifest[] => manifests.filter((manifest) => manifest.kind === kind)
const named = (kind: string, name: string): Manifest | undefined =>
  of(kind).find(({ metadata }) => metadata.name === name)

const API_VERSIONS: Readonly<Record<string, string>> = {
  ConfigMap: "v1",
  Deployment: "apps/v1",
  NetworkPolicy: "networking.k8s.io/v1",
  PersistentVolumeClaim: "v1",
  PodDisruptionBudget: "policy/v1",
  Secret: "v1",
  Service: "v1",
}

/** The deployment whose pods have these labels. */
const selected = (labels: Readonly<Record<string, string>>): Manifest | undefined =>
  of("Deployment").find(({ spec }) =>
    Object.entries(labels).every(([label, value]) => spec.template.metadata.labels[label] === value),
  )

const portsOf = (deployment: Manifest | undefined) =>
  deployment?.spec.template.spec.containers.flatMap(({ ports }) => ports ?? []) ?? []

it("has documents of known kinds and versions, each with a name of its own", () => {
  expect(manifests.map(({ kind, apiVersion }) => [kind, apiVersion])).toEqual(
    manifests.map(({ kind }) => [kind, API_VERSIONS[kind]]),
  )
  const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
  expect(new Set(names).size).toBe(names.length)
  for (const { metadata } of manifests) expect(metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
  expect(of("Deployment").map(({ metadata }) => metadata.name)).toEqual(
    expect.arrayContaining(["lutra-server", "lutra-worker", "lutra-redis"]),
  )
})

it.each(of("Service").map((service) => [service.metadata.name, service] as const))(
  "leads the service %s to a port of pods",
  (_, { spec }) => {
    const names = portsOf(selected(spec.selector)).map(({ name }) => name)
    expect(names.length).toBeGreaterThan(0)
    for (const { targetPort } of spec.ports) expect(names).toContain(targetPort)
  },
)

it("gives each disruption budget and each network policy a deployment, and each deployment a policy", () => {
  for (const { spec } of of("PodDisruptionBudget")) expect(selected(spec.selector.matchLabels)).toBeDefined()
  const guarded = of("NetworkPolicy").map(({ spec }) => selected(spec.podSelector.matchLabels)?.metadata.name)
  expect(guarded.toSorted()).toEqual(
    of("Deployment")
      .map(({ metadata }) => metadata.name)
      .toSorted(),
  )
})

it.each(of("NetworkPolicy").map((policy) => [policy.metadata.name, policy] as const))(
  "lets through the policy %s only what pods listen to",
  (_, { spec }) => {
    expect(spec.policyTypes).toEqual(["Ingress", "Egress"])
    const own = portsOf(selected(spec.podSelector.matchLabels)).map(({ containerPort }) => containerPort)
    expect(spec.ingress.flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual(own)
    for (const { from = [] } of spec.ingress) expect(from.length).toBeGreaterThan(0)
    for (const { to = [], ports } of spec.egress) {
      for (const { podSelector } of to) {
        if (podSelector === undefined) continue
        const open = portsOf(selected(podSelector.matchLabels)).map(({ containerPort }) => containerPort)
        expect(open).toEqual(ports.map(({ port }) => port))
      }
    }
    for (const { podSelector } of spec.ingress.flatMap(({ from = [] }) => from)) {
      if (podSelector !== undefined) expect(selected(podSelector.matchLabels)).toBeDefined()
    }
  },
)

it("shows secrets that no server takes as they stand", () => {
  const { tokens = "" } = named("Secret", "lutra-tokens")?.stringData ?? {}
  expect(() => readTokens(tokens)).toThrow("64 hexadecimal digits")
})

describe.each(of("Deployment").map((deployment) => [deployment.metadata.name, deployment] as const))(
  "%s",
  (_, { spec }) => {
    const { labels } = spec.template.metadata
    const pod = spec.template.spec

    it("selects its own pods", () => {
      expect(Object.keys(spec.selector.matchLabels).length).toBeGreaterThan(0)
      expect(labels).toMatchObject(spec.selector.matchLabels)
    })

    it("runs as a user without privileges, from files that it cannot change", () => {
      expect(pod.automountServiceAccountToken).toBe(false)
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      })
      expect(pod.securityContext?.runAsUser).toBeGreaterThan(0)
      for (const { securityContext } of pod.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        })
      }
    })

    it("has requests within limits", () => {
      for (const { resources } of pod.containers) {
        for (const resource of ["cpu", "memory"]) {
          const limit = quantity(resources?.limits?.[resource] ?? "none")
          expect(quantity(resources?.requests?.[resource] ?? "none")).toBeLessThanOrEqual(limit)
        }
      }
    })

    it("is probed on every port that it listens to, over paths that need no token", () => {
      for (const { ports = [], readinessProbe, livenessProbe, startupProbe } of pod.containers) {
        const probes = [readinessProbe, livenessProbe, startupProbe].filter((probe) => probe !== undefined)
        if (ports.length > 0) expect([readinessProbe, livenessProbe]).not.toContain(undefined)
        for (const { httpGet, tcpSocket } of probes as readonly Probe[]) {
          const port = httpGet?.port ?? tcpSocket?.port
          if (port !== undefined) expect(ports.map(({ name }) => name)).toContain(port)
          if (httpGet !== undefined) expect(HEALTH_PATHS).toContain(httpGet.path)
        }
      }
    })

    it("mounts volumes that there are, of claims and secrets that there are", () => {
      const volumes = pod.volumes ?? []
      const mounts = pod.containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name))
      expect(mounts.toSorted()).toEqual(volumes.map(({ name }) => name).toSorted())
      for (const { secret, persistentVolumeClaim: claim } of volumes) {
        if (secret) expect(named("Secret", secret.secretName)).toBeDefined()
        if (claim) {
          expect(named("PersistentVolumeClaim", claim.claimName)?.spec.accessModes).toEqual(["ReadWriteMany"])
        }
      }
    })

    it("takes passwords and tokens from secrets alone", () => {
      for (const { env = [], envFrom = [], args } of pod.containers) {
        for (const { value, valueFrom } of env) {
          const { name = "", key = "" } = valueFrom?.secretKeyRef ?? {}
          expect(value).toBeUndefined()
          expect(Object.keys(named("Secret", name)?.stringData ?? {})).toContain(key)
        }
        for (const { configMapRef, secretRef } of envFrom) {
          expect(
            named("ConfigMap", configMapRef?.name ?? "") ?? named("Secret", secretRef?.name ?? ""),
          ).toBeDefined()
        }
        for (const argument of args) expect(argument).not.toMatch(/:\/\/[^/@]*:(?!\$\()[^/@]*@/)
        const password = args.indexOf("--requirepass")
        if (password >= 0) expect(args[password + 1]).toMatch(/^\$\(\w+\)$/)
      }
    })
  },
)
