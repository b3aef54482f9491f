import { addressTrouble, checkArguments, forms, RuntimeError } from "../../data/index.ts"
import { FilesystemStorage } from "./filesystem.ts"
import { S3Storage } from "./s3.ts"
import type { Storage } from "./storage.ts"

/**
 * The storage that a folder's path or `s3://BUCKET/FOLDER` stands for. Credentials, region and endpoint of S3 come from the
 * usual variables of the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION,
 * AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL. Throws RuntimeError.
 */
export const openStorage = async (
  place: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  ...surplus: []
): Promise<Storage> => {
  const given = [place, environment, ...surplus]
  checkArguments("openStorage", given, { place: forms.text, environment: forms.object }, RuntimeError)
  if (!/^([a-z][\w+.-]*:\/\/|s3:)/i.test(place)) return FilesystemStorage.open(place)
  const trouble = addressTrouble("bucket", place)
  if (trouble !== undefined)
    throw new RuntimeError(`the place of a storage ${trouble}\na folder is given by its path`, {
      code: "wrong-argument",
    })
  const [, bucket, folder] = /^s3:\/\/([^/]+)(?:\/(.*?))?\/?$/.exec(place) as unknown as [
    string,
    string,
    string,
  ]
  const variable = (name: string): string => {
    const value = environment[name]
    if (value) return value
    throw new RuntimeError(`${place} needs credentials, and ${name} is not set\nset it in the environment`, {
      code: "wrong-argument",
    })
  }
  const region = environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"] || "us-east-1"
  return S3Storage.open({
    bucket,
    folder,
    region,
    endpoint:
      environment["AWS_ENDPOINT_URL_S3"] ||
      environment["AWS_ENDPOINT_URL"] ||
      `https://s3.${region}.amazonaws.com`,
    accessKeyId: variable("AWS_ACCESS_KEY_ID"),
    secretAccessKey: variable("AWS_SECRET_ACCESS_KEY"),
    sessionToken: environment["AWS_SESSION_TOKEN"],
  })
}
