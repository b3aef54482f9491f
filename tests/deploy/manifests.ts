import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseAllDocuments } from "yaml"

const folder = join(import.meta.dirname, "../../deploy/kubernetes")

export interface Labels {
  readonly [label: string]: string
}

export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string | number }
  readonly tcpSocket?: { readonly port: string | number }
  readonly exec?: { readonly command: readonly string[] }
}

interface Reference {
  readonly name: string
  readonly key?: string
}

export interface Container {
  readonly name: string
  readonly image: string
  readonly command?: readonly string[]
  readonly args: readonly string[]
  readonly env?: readonly {
    readonly name: string
    readonly value?: string
    readonly valueFrom?: { readonly secretKeyRef?: Reference }
  }[]
  readonly envFrom?: readonly { readonly configMapRef?: Reference; readonly secretRef?: Reference }[]
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
  readonly readinessProbe?: Probe
  readonly livenessProbe?: Probe
  readonly startupProbe?: Probe
  readonly resources?: { readonly requests?: Labels; readonly limits?: Labels }
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean
    readonly readOnlyRootFilesystem?: boolean
    readonly privileged?: boolean
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] }
  }
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[]
}

export interface Pod {
  readonly automountServiceAccountToken?: boolean
  readonly terminationGracePeriodSeconds?: number
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean
    readonly runAsUser?: number
    readonly seccompProfile?: { readonly type: string }
  }
  readonly containers: readonly Container[]
  readonly volumes?: readonly {
    readonly name: string
    readonly secret?: { readonly secretName: string }
    readonly persistentVolumeClaim?: { readonly claimName: string }
    readonly emptyDir?: object
  }[]
}

export interface Peer {
  readonly podSelector?: { readonly matchLabels: Labels }
  readonly namespaceSelector?: { readonly matchLabels: Labels }
}

export interface Rule {
  readonly from?: readonly Peer[]
  readonly to?: readonly Peer[]
  readonly ports: readonly { readonly port: number }[]
}

/** A document of Kubernetes, with the fields that the tests look at. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly data?: Labels
  readonly stringData?: Labels
  readonly spec: {
    readonly selector: Labels & { readonly matchLabels: Labels }
    readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: Pod }
    readonly ports: readonly { readonly port: number; readonly targetPort: string | number }[]
    readonly accessModes: readonly string[]
    readonly podSelector: { readonly matchLabels: Labels }
    readonly policyTypes: readonly string[]
    readonly ingress: readonly Rule[]
    readonly egress: readonly Rule[]
  }
}

/** Every document of deploy/kubernetes and of its examples. Throws when one is not YAML, or has a key twice. */
export const readManifests = (): readonly Manifest[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .flatMap((file) =>
      parseAllDocuments(readFileSync(join(folder, file), "utf8")).map((document) => {
        const [error] = document.errors
        if (error !== undefined) throw new Error(`${file}: ${error.message}`)
        return document.toJS() as Manifest
      }),
    )

/** The arguments of a container with its variables replaced by the values of ConfigMaps; those of Secrets become their names. */
export const argumentsOf = (container: Container, manifests: readonly Manifest[]): readonly string[] => {
  const settings = (container.envFrom ?? []).map(
    ({ configMapRef }) =>
      manifests.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === configMapRef?.name)
        ?.data ?? {},
  )
  const secrets = (container.env ?? []).map(({ name, value }) => [name, value ?? name] as const)
  const values = new Map([...settings.flatMap((data) => Object.entries(data)), ...secrets])
  return container.args.map((text) =>
    text.replace(/\$\((\w+)\)/g, (_, name: string) => {
      const value = values.get(name)
      if (value === undefined) throw new Error(`${container.name}: no ConfigMap or Secret has ${name}`)
      return value
    }),
  )
}

/** Bytes or cores of a quantity such as 500m, 4500Mi or 2. */
export const quantity = (text: string): number => {
  const [, number, unit = ""] = /^(\d+)(m|Mi|Gi)?$/.exec(text) ?? []
  const factor = new Map([
    ["", 1],
    ["m", 1e-3],
    ["Mi", 2 ** 20],
    ["Gi", 2 ** 30],
  ]).get(unit)
  if (number === undefined || factor === undefined) throw new Error(`${text} is no quantity`)
  return Number(number) * factor
}
