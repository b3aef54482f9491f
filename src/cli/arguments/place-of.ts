import { addressTrouble } from "../../data/index.ts"
import { refuse } from "../refuse.ts"

interface PlaceFlags {
  readonly data?: string
  readonly storage?: string
  readonly s3Endpoint?: string
}

/** Where bytes are kept: the folder of --data or the bucket of --storage; undefined when neither is given. */
export const placeOf = ({ data, storage, s3Endpoint }: PlaceFlags): string | undefined => {
  if (data !== undefined && storage !== undefined)
    refuse("--data and --storage are both given; one place is enough")
  if (s3Endpoint !== undefined && storage === undefined)
    refuse("--s3-endpoint is for an S3 service; give its bucket as --storage s3://BUCKET")
  if (data !== undefined && /^s3:/i.test(data))
    refuse(`--data is ${data}; it is a folder, and a bucket is given as --storage s3://BUCKET/FOLDER`)
  if (storage === undefined) return data
  const trouble = addressTrouble("bucket", storage)
  if (trouble === undefined) return storage
  const isFolder = !/^s3:/i.test(storage) && !storage.includes("://")
  return refuse(
    isFolder
      ? `--storage is ${storage}; it is s3://BUCKET or s3://BUCKET/FOLDER; a folder is given as --data ${storage}`
      : `--storage ${trouble}`,
  )
}
