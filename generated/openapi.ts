// Generated from spec/openapi.yaml by `make generate`. Do not edit: change spec/ and generate again.

/** Bytes of a known size that can be read from the start any number of times. */
export interface ByteSource {
    /** Size in bytes. */
    readonly size: number;
    /** Writes all bytes in order. A chunk is valid until the promise returned by `write` resolves. */
    pump(write: (chunk: Uint8Array) => Promise<void>): Promise<void>;
    /** The bytes from `start` (inclusive) to `end` (exclusive). */
    slice(start: number, end: number): ByteSource;
}

export interface paths {
    "/data/foundation/import/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a batch
         * @description Creates an empty batch in a dataset. The batch is `loading` and accepts files until it is
         *     completed. Not idempotent: two requests create two batches, unless they have the same
         *     `externalId`.
         */
        post: operations["createBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/data/foundation/import/batches/{batchId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete, abort, fail or revert a batch
         * @description `COMPLETE` states that all files are uploaded. Success means that the platform accepted the
         *     batch, not that it ingested it: poll `getBatch` for the status. It is safe to complete a batch
         *     twice. `ABORT` and `FAIL` are possible until the batch is loaded, `REVERT` only afterwards.
         */
        post: operations["batchAction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/data/foundation/import/batches/{batchId}/datasets/{datasetId}/files/{filePath}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Upload a small file
         * @description Uploads a whole file of at most 256 MB. It replaces an existing file at this path, so the
         *     request may be repeated.
         */
        put: operations["uploadFile"];
        /**
         * Start or complete the upload of a large file
         * @description For files above 256 MB: `INITIALIZE` before the first part, `COMPLETE` after the last. `COMPLETE`
         *     fails with 400 if bytes are missing or were sent twice. After a lost response to a part, call
         *     `getReceivedRanges` before sending it again.
         */
        post: operations["fileAction"];
        delete?: never;
        options?: never;
        /**
         * Get the received ranges of a large file
         * @description For a file whose upload was started and is not completed.
         */
        head: operations["getReceivedRanges"];
        /**
         * Upload one part of a large file
         * @description Uploads at most 512,000,000 bytes of a file that was started with `INITIALIZE`. Parts may be
         *     sent in any order and concurrently. Only `COMPLETE` reports gaps and overlaps.
         */
        patch: operations["uploadFilePart"];
        trace?: never;
    };
    "/data/foundation/import/batches/{batchId}/datasets/{datasetId}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Preview the rows of a batch
         * @description Returns the first rows of the files uploaded so far, parsed with the options of the query.
         */
        get: operations["previewBatch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/data/foundation/catalog/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List batches
         * @description Returns the batches of the sandbox that match all filters, unsorted unless `orderBy` is set. The
         *     Catalog is eventually consistent: a batch that was just created may be missing.
         */
        get: operations["listBatches"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/data/foundation/catalog/batches/{batchId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a batch
         * @description Returns the status of a batch, its record counts and its errors.
         */
        get: operations["getBatch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/data/foundation/catalog/dataSets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List datasets
         * @description Returns the datasets of the sandbox that match all filters, unsorted unless `orderBy` is set. At
         *     most 20 at a time if `properties` names `observableSchema`.
         */
        get: operations["listDatasets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/data/foundation/catalog/dataSets/{datasetId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a dataset
         * @description Returns a dataset with the reference to its schema. Ask for `properties`: with all fields the
         *     response can be megabytes.
         */
        get: operations["getDataset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/data/foundation/catalog/lastBatches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the last batches of datasets
         * @description Returns for each dataset its newest batch and the newest ones that succeeded and failed.
         */
        get: operations["listLastBatches"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/data/foundation/schemaregistry/{container}/schemas/{schemaId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a schema
         * @description Returns the newest minor version of the major version that `accept` names:
         *     `application/vnd.adobe.{form}+json; version={major}`. The space is optional. Forms are `xed-full`
         *     (resolved), `xed` (parts are named), both with `-notext` without titles and descriptions, and
         *     `xed-full-desc` (with descriptors). Without `accept` the response is an error; OpenAPI cannot declare
         *     a header of this name, and its media types below stand for all major versions.
         */
        get: operations["getSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/data/foundation/schemaregistry/tenant/descriptors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List descriptors
         * @description Returns the descriptors of all schemas of the sandbox; there can be 4000. `accept` decides the form
         *     and has no version: `xdm+json` groups them by type, `xdm-v2+json` sends pages, `xdm-id+json` and
         *     `xdm-link+json` send ids and paths.
         */
        get: operations["listDescriptors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/data/foundation/export/batches/{batchId}/meta": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List or download rejected rows and input files
         * @description If `path` is a folder, returns a list of files. If it is a file, returns that file as JSON Lines:
         *     each line is a `RowError` (in `row_errors`) or an `InputFileRow` (in `input_files`). Rejected rows
         *     are kept only for batches with error diagnostics, and everything for 30 days. The content type
         *     of a download is not published; treat it as bytes.
         */
        get: operations["getBatchMeta"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/data/foundation/export/batches/{batchId}/failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List or download the files of a failed batch
         * @description Without `path` returns a list of files, with it that file as JSON Lines: each line is a
         *     `FailedRow`. The content type of a download is not published; treat it as bytes.
         */
        get: operations["getFailedFiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/data/foundation/export/batches/{batchId}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the files of a batch in its dataset
         * @description Returns the files that the batch wrote to its dataset, not the uploaded files.
         */
        get: operations["listBatchFiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/data/foundation/export/files/{dataSetFileId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List or download the parts of a file
         * @description Without `path` returns a list of parts, with it that part, or the range of it that `Range`
         *     selects. The content type is that of the part, such as `application/parquet`; the body is always
         *     the bytes of the part.
         */
        get: operations["getFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * Get the size of a part of a file
         * @description The type of the part is in `content-type`.
         */
        head: operations["headFile"];
        patch?: never;
        trace?: never;
    };
    "/ims/token/v3": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get an access token
         * @description For an OAuth server-to-server credential. A token is valid for about a day and should be reused
         *     until it expires. A new token does not revoke earlier ones.
         */
        post: operations["getToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description The format of the files in a batch, in lower case.
         * @enum {string}
         */
        FileFormat: "json" | "parquet" | "csv";
        /** @description How the platform parses the files of the batch. Default: Parquet. `delimiter`, `quote`, `escape`, `header` and `nullMarker` apply to CSV. */
        InputFormat: {
            format: components["schemas"]["FileFormat"];
            /** @description `false` (the default): JSON Lines, one object per line. `true`: one JSON array of objects per file. */
            isMultiLineJson?: boolean;
            /** @description The field separator. Default `,`. */
            delimiter?: string;
            /** @description The quote character for fields that contain a delimiter. Default `"`. */
            quote?: string;
            /** @description The escape character. Default `\`. */
            escape?: string;
            /** @description The character set of the files. Default UTF-8. */
            charset?: string;
            /** @description Whether the first line is a header. Default `true`. */
            header?: boolean;
            /** @description The text that represents a missing value. */
            nullMarker?: string;
        };
        /** @description The batches that the new batch replaces. They are deleted with all their rows once the new batch is loaded, so it must contain the complete data. */
        Replay: {
            /** @description The ids of the batches to replace. Some pages show a `$` before each id; the client sends the values unchanged. */
            predecessors?: string[];
            /** @description The external ids of the batches to replace. */
            predecessorsByExternalId?: string[];
            /** @description The reason for the replacement, for example `replace`. */
            reason?: string;
        };
        /** @description Labels with lists of values. Labels that start with `acp_` belong to the platform. */
        Tags: {
            [key: string]: string[];
        };
        /** @description The percentage of rows that may be rejected before the whole batch fails. Default 0: one bad row fails the batch. */
        Percent: number;
        /** @description The options of a new batch. Only the dataset is required. */
        CreateBatchRequest: {
            /** @description The id of the dataset to load the batch into. */
            datasetId: string;
            inputFormat?: components["schemas"]["InputFormat"];
            /** @description The caller's id for the batch, unique in the organisation. Defaults to the batch's id. After a lost response the batch can be found in the Catalog by this id. */
            externalId?: string;
            replay?: components["schemas"]["Replay"];
            tags?: components["schemas"]["Tags"];
            /** @description Whether the platform stores a report of every rejected row. Default `false`. */
            enableErrorDiagnostics?: boolean;
            partialIngestionPercent?: components["schemas"]["Percent"];
            /**
             * @deprecated
             * @description The older spelling of `partialIngestionPercent`, still published. Send only one of them.
             */
            partialIngestionPercentage?: components["schemas"]["Percent"];
        };
        /**
         * @description The status of a batch. `loading` accepts files; `loaded`, `queued`, `processing`, `staging`,
         *     `staged` and `retrying` are in progress; `success` and `active` mean that the data is available;
         *     `failed` and `failure` mean that it is not. `stalled`: the platform has exhausted its own
         *     retries. `aborted` and `abandoned` were never completed; `inactive`, `deleted`, `archived` and
         *     `retained` were loaded once and are no longer available. The published lists disagree, so a program
         *     must expect values that are not listed.
         * @enum {string}
         */
        BatchStatus: "loading" | "loaded" | "queued" | "processing" | "staging" | "staged" | "retrying" | "stalled" | "success" | "active" | "failed" | "failure" | "aborted" | "abandoned" | "inactive" | "deleted" | "archived" | "retained" | (string & {});
        /**
         * @description The kind of object; `dataSet` is the dataset that the batch belongs to.
         * @enum {string}
         */
        RelatedObjectType: "batch" | "connection" | "connector" | "dataSet" | "dataSetFile" | "dataSetView" | "expressionBlock" | "service" | "serviceDefinition" | "transform" | (string & {});
        /** @description One kind of error in a batch. */
        CatalogBatchError: {
            /** @description Machine-readable code, such as `106` (empty file), `118` (empty CSV header), `INGEST-1212-400` (some rows were rejected, the others ingested) or `INGEST-1211-400` (diagnostics were off). */
            code: string;
            /** @description Human-readable description. */
            description?: string;
            /** @description The affected rows, each as a number or as a range with a hyphen. */
            rows?: string[];
            /** @description Number of affected rows. Only with error diagnostics. */
            recordCount?: number;
        };
        /** @description Counts of the job. The listed counts are those of batch ingestion; other kinds of jobs have others. -1 means "unknown". */
        CatalogMetrics: {
            /** @description Number of bytes read. */
            inputByteSize?: number;
            /** @description Number of files read. */
            inputFileCount?: number;
            /** @description Number of rows read. */
            inputRecordCount?: number;
            /** @description Number of bytes written. */
            outputByteSize?: number;
            /** @description Number of files written. */
            outputFileCount?: number;
            /** @description Number of rows written. */
            outputRecordCount?: number;
            /** @description Number of partitions written. */
            partitionCount?: number;
            /** @description Number of rows that could not be ingested. */
            failedRecordCount?: number;
        } & {
            [key: string]: number | string;
        };
        /** @description A platform object that is related to the batch. */
        RelatedObject: {
            type: components["schemas"]["RelatedObjectType"];
            /** @description The id of the object. */
            id: string;
            /** @description The status of the object, if the platform returns it. */
            status?: string;
            /** @description Errors of the object. */
            errors?: components["schemas"]["CatalogBatchError"][];
            /** @description Metrics of the object. */
            metrics?: components["schemas"]["CatalogMetrics"];
            /** @description The role of the object for the batch, such as `input` or `output`. */
            tag?: string;
        };
        /** @description Labels, usually with a list of values. Those in which the platform stores options of the batch (`acp_enableErrorDiagnostics`, `acp_partialIngestionPercent`) have a single value. */
        CatalogTags: {
            [key: string]: string[] | boolean | number;
        };
        /** @description How the platform will parse the files of the batch. */
        CreatedInputFormat: {
            format: components["schemas"]["FileFormat"];
            /** @description Whether each file is a JSON array instead of JSON Lines. */
            isMultiLineJson?: boolean;
            /** @description The separator of CSV fields. */
            delimiter?: string;
            /** @description The quote character of CSV fields. */
            quote?: string;
            /** @description The escape character. */
            escape?: string;
            /** @description The character set of the files. */
            charset?: string;
            /** @description Whether the first CSV line is a header. */
            header?: boolean;
            /** @description The text that represents a missing value. */
            nullMarker?: string;
        };
        /** @description The batches that this batch replaces, as sent in the request. */
        CreatedReplay: {
            /** @description Their ids. */
            predecessors?: string[];
            /** @description Their external ids. */
            predecessorsByExternalId?: string[];
            /** @description The reason for the replacement. */
            reason?: string;
        };
        /** @description The period that the data covers; an empty object or null if it has none. */
        CatalogAvailableDates: ({
            /** @description Start, in seconds since 1970-01-01 UTC. */
            startDate?: number;
            /** @description End, in seconds since 1970-01-01 UTC. */
            endDate?: number;
        } & {
            [key: string]: number;
        }) | null;
        /** @description The batch right after its creation. */
        CreatedBatch: {
            /** @description The batch's id, assigned by the platform. */
            readonly id: string;
            /** @description The organisation that owns the batch. */
            imsOrg: string;
            /** @description Time of creation, in milliseconds since 1970-01-01 UTC. */
            created: number;
            /** @description Time of the last change, in milliseconds since 1970-01-01 UTC. */
            updated: number;
            /** @description The user or technical account that created it. */
            createdUser?: string;
            /** @description The user or technical account that changed it last. */
            updatedUser?: string;
            /** @description The client id (API key) that created it. */
            createdClient?: string;
            status: components["schemas"]["BatchStatus"];
            /** @description The version of this record, as `major.minor.patch`; it increases with every change. */
            version: string;
            /** @description The dataset of the batch and other related objects. */
            relatedObjects: components["schemas"]["RelatedObject"][];
            tags?: components["schemas"]["CatalogTags"];
            /** @description The caller's id for the batch, or the batch's id if the caller set none. */
            externalId?: string;
            inputFormat?: components["schemas"]["CreatedInputFormat"];
            replay?: components["schemas"]["CreatedReplay"];
            /** @description Start of the ingestion, in milliseconds since 1970-01-01 UTC. Not set yet. */
            started?: number;
            /** @description End of the ingestion, in milliseconds since 1970-01-01 UTC. Not set yet. */
            completed?: number;
            /** @description Number of rows read. */
            recordCount?: number;
            /** @description Number of rows that could not be ingested. */
            failedRecordCount?: number;
            /** @description Number of bytes read. */
            size?: number;
            availableDates?: components["schemas"]["CatalogAvailableDates"];
            metrics?: components["schemas"]["CatalogMetrics"];
            /** @description Errors of the batch. */
            errors?: components["schemas"]["CatalogBatchError"][];
        };
        /** @description An error of the gateway, before any service is reached. */
        GatewayError: {
            /** @description Six digits that start with the status: 403010 no token, 401013 invalid token, 403000 and 403003 API key missing or invalid, 400003 header missing, 403025 organisation not entitled, 429050 too many requests. */
            error_code: string;
            /** @description Human-readable description. */
            message: string;
            /** @description Short description. */
            title?: string;
        };
        /** @description An error of a service, as in RFC 7807. The Catalog sends only `title` and `detail`. */
        Problem: {
            /** @description A URI for this type of problem; its last segment is the error code. */
            type?: string;
            /** @description The HTTP status. */
            status?: number;
            /** @description Short description. */
            title: string;
            /** @description Description of this occurrence. */
            detail?: string;
            /** @description Details of this occurrence; the fields differ between services. */
            report?: Record<string, never>;
            /** @description The gateway's code, if present. */
            error_code?: string;
            /** @description The gateway's message, if present. */
            message?: string;
        };
        /** @description Errors grouped by key, for example by status. */
        ErrorList: {
            /** @description The errors; the keys differ between services. */
            errors: Record<string, never>;
        };
        /**
         * @description An error response. The gateway, the services behind it and the Catalog each have their own form.
         *     An error response may also have an empty body or be an HTML page, if a system in front of the
         *     gateway sends it; those have no schema.
         */
        Error: components["schemas"]["GatewayError"] | components["schemas"]["Problem"] | components["schemas"]["ErrorList"];
        /**
         * @description An action on a batch.
         * @enum {string}
         */
        BatchAction: "COMPLETE" | "ABORT" | "FAIL" | "REVERT";
        /**
         * @description Starts or completes the upload of a large file.
         * @enum {string}
         */
        FileAction: "INITIALIZE" | "COMPLETE";
        /** @description The file that was assembled from the parts. */
        CompletedFile: {
            /** @description The file's path in the batch. */
            name: string;
            /** @description The size of the file, in bytes. */
            sizeInBytes: number;
        };
        /** @description How the files were parsed. */
        PreviewFormatParams: {
            /** @description The format of the files. */
            format?: string;
            /** @description The separator of CSV fields. */
            delimiter?: string;
            /** @description The quote character of CSV fields. */
            quote?: string;
            /** @description The escape character. */
            escape?: string;
            /** @description The character set of the files. */
            charset?: string;
            /** @description Whether the first CSV line is a header. */
            header?: boolean;
        };
        /** @description One column. */
        PreviewColumn: {
            /** @description The column's id, published as a string and as a number. */
            cid: string | number;
            /** @description The column's name. */
            name: string;
        };
        /** @description The columns and the rows. */
        PreviewTable: {
            columns: components["schemas"]["PreviewColumn"][];
            /** @description The rows. The field names are the `cid` values of the columns. */
            rows: Record<string, never>[];
        };
        /** @description The first rows of the files uploaded so far. */
        BatchPreview: {
            formatParams?: components["schemas"]["PreviewFormatParams"];
            preview: components["schemas"]["PreviewTable"];
        };
        /** @description How the platform parses the files of the batch. */
        CatalogInputFormat: {
            /** @description The format of the files: one that a batch can be created with, or another one that the platform supports. */
            format?: string;
            /** @description Whether each file is a JSON array instead of JSON Lines. */
            isMultiLineJson?: boolean;
            /** @description The separator of CSV fields. */
            delimiter?: string;
            /** @description The quote character of CSV fields. */
            quote?: string;
            /** @description The escape character. */
            escape?: string;
            /** @description The character set of the files. */
            charset?: string;
            /** @description Whether the first CSV line is a header, as a boolean or as a string. */
            header?: boolean | ("true" | "false");
            /** @description The text that represents a missing value. */
            nullMarker?: string;
        };
        /** @description The batches that this batch replaces; an empty object if there are none. */
        CatalogReplay: {
            /** @description Their ids. */
            predecessors?: string[];
            /** @description Their external ids. */
            predecessorsByExternalId?: string[];
            /**
             * @description Whether only direct predecessors are listed, or all.
             * @enum {string}
             */
            predecessorListingType?: "IMMEDIATE" | "ALL";
            /** @description The reason for the replacement. */
            reason?: string;
        };
        /**
         * @description A batch in the Catalog. Its id is the key in the enclosing object; only some responses repeat it
         *     as a field. Every field except `status` is missing from some published response, and several
         *     values are less strict than in the response of `createBatch`.
         */
        CatalogBatch: {
            /** @description The batch's id, repeated. */
            id?: string;
            /** @description The organisation that owns the batch. */
            imsOrg?: string;
            /** @description The id of the sandbox of the batch. */
            sandboxId?: string;
            status: components["schemas"]["BatchStatus"];
            /** @description Time of creation, in milliseconds since 1970-01-01 UTC; 0 if unknown. */
            created?: number;
            /** @description Time of the last change, in milliseconds since 1970-01-01 UTC; 0 if unknown. */
            updated?: number;
            /** @description Start of the ingestion, in milliseconds since 1970-01-01 UTC. */
            started?: number;
            /** @description End of the ingestion, in milliseconds since 1970-01-01 UTC. */
            completed?: number;
            /** @description The user or technical account that created it. */
            createdUser?: string;
            /** @description The user or technical account that changed it last. */
            updatedUser?: string;
            /** @description The client id (API key) that created it. */
            createdClient?: string;
            /** @description The version of this record, as `major.minor.patch`; it increases with every change. */
            version?: string;
            /** @description The caller's id for the batch, or the batch's id if the caller set none. */
            externalId?: string;
            /** @description The dataset of the batch and other related objects. */
            relatedObjects?: components["schemas"]["RelatedObject"][];
            inputFormat?: components["schemas"]["CatalogInputFormat"];
            replay?: components["schemas"]["CatalogReplay"];
            tags?: components["schemas"]["CatalogTags"];
            metrics?: components["schemas"]["CatalogMetrics"];
            /** @description Errors of the batch. A batch with errors may still be a `success`. */
            errors?: components["schemas"]["CatalogBatchError"][];
            /** @description Number of rows read. */
            recordCount?: number;
            /** @description Number of rows that could not be ingested. */
            failedRecordCount?: number;
            /** @description Number of bytes read. */
            size?: number;
            /** @description Location of the files of a failed batch. */
            failedBatchLocation?: string;
            availableDates?: components["schemas"]["CatalogAvailableDates"];
        };
        /** @description Batches by id; an empty object if there are none. */
        CatalogBatches: {
            [key: string]: components["schemas"]["CatalogBatch"];
        };
        /** @description The batch, keyed by its id. */
        CatalogBatchById: {
            [key: string]: components["schemas"]["CatalogBatch"];
        };
        /** @description The schema of its rows. */
        SchemaRef: {
            /** @description The schema's URI. */
            id?: string;
            /** @description The form and the version of the schema, such as `application/vnd.adobe.xed+json;version=1`. Some have a space after the semicolon, some no version. */
            contentType?: string;
        };
        /** @description Labels, each with a list of values. `unifiedProfile` and `unifiedIdentity` with `enabled:true` mean that its rows go to the profile and identity services. */
        DatasetTags: {
            [key: string]: string[];
        };
        /** @description The format of the stored files. It does not say which formats can be loaded; the schema decides that. The CSV fields are those of the uploaded files. */
        FileDescription: {
            /** @description Whether the rows are kept in files. */
            persisted?: boolean;
            /** @description The format of the container, such as `parquet`. */
            containerFormat?: string;
            /** @description The format of the files, such as `parquet`; may be empty. */
            format?: string;
            /** @description The separators of CSV fields, one character each. */
            delimiters?: string[];
            /** @description The quote characters of CSV fields. */
            quotes?: string[];
            /** @description The escape characters of CSV fields. */
            escapes?: string[];
            /** @description The texts that stand for a missing value. */
            nullMarkers?: string[];
            /** @description Whether the first line of CSV is a header. */
            header?: boolean;
            /** @description The character set, such as `UTF-8`; may be empty. */
            charset?: string;
        };
        /** @description What kind of data it holds, and who manages it. */
        DatasetClassification: {
            /** @description The behaviour of its schema, such as `record`, `time-series` or `adhoc`. */
            dataBehavior?: string;
            /** @description Who manages it, such as `CUSTOMER`. */
            managedBy?: string;
        };
        /**
         * @description A dataset in the Catalog. Its id is the key in the enclosing object. Any field may be missing; with
         *     `properties`, all others are, and one that has no value may be an empty object.
         */
        Dataset: {
            /** @description The name that people gave it. It need not be unique. */
            name?: string;
            /** @description What it is for. */
            description?: string;
            /** @description The organisation that owns it. */
            imsOrg?: string;
            /** @description The id of its sandbox. */
            sandboxId?: string;
            /** @description Time of creation, in milliseconds since 1970-01-01 UTC. */
            created?: number;
            /** @description Time of the last change, in milliseconds since 1970-01-01 UTC. */
            updated?: number;
            /** @description The user or technical account that created it. */
            createdUser?: string;
            /** @description The user or technical account that changed it last. */
            updatedUser?: string;
            /** @description The client id (API key) that created it. */
            createdClient?: string;
            /** @description The version of this record; it increases with every change. */
            version?: string;
            /** @description A state such as `DRAFT`. */
            state?: string;
            schemaRef?: components["schemas"]["SchemaRef"];
            tags?: components["schemas"]["DatasetTags"];
            /** @description A link to its files, such as `@/dataSets/{id}/views/{viewId}/files`. */
            files?: string;
            /** @description The id of its view. */
            viewId?: string;
            /** @description The id of its newest batch. */
            lastBatchId?: string;
            /** @description The status of its newest batch. */
            lastBatchStatus?: string;
            /** @description The id of its newest batch that succeeded. */
            lastSuccessfulBatch?: string;
            /** @description The id of its newest batch that failed. */
            lastFailedBatch?: string;
            /**
             * @deprecated
             * @description The older link to its schema (`@/xdms/...`); may be empty.
             */
            schema?: string;
            fileDescription?: components["schemas"]["FileDescription"];
            /** @description The part of the schema that rows have brought so far, as a JSON Schema; empty if there are none. What may be loaded is in `schemaRef`. */
            observableSchema?: Record<string, never>;
            /** @description Whether batches keep their rejected rows unless they say otherwise. */
            enableErrorDiagnostics?: boolean;
            classification?: components["schemas"]["DatasetClassification"];
            /** @description Facts of other services, such as the time to live of its rows. */
            extensions?: Record<string, never>;
            /** @description Where the platform stores its files. */
            basePath?: string;
            /** @description The number of its data source. */
            dataSourceId?: number;
            /** @description How the platform stores it. */
            persistence?: Record<string, never>;
        };
        /** @description Datasets by id; an empty object if there are none. */
        Datasets: {
            [key: string]: components["schemas"]["Dataset"];
        };
        /** @description The last batches of one dataset. A dataset without batches may have no entry, or an empty one. */
        LastBatch: {
            /** @description The id of its newest batch. */
            lastBatchId?: string;
            /** @description The status of its newest batch. */
            lastBatchStatus?: string;
            /** @description The id of its newest batch that succeeded. */
            lastSuccessfulBatchId?: string;
            /** @description The id of its newest batch that failed. */
            lastFailedBatchId?: string;
            /** @description The organisation that owns it. */
            imsOrg?: string;
            /** @description The id of its sandbox. */
            sandboxId?: string;
            /** @description Time of creation, in milliseconds since 1970-01-01 UTC. */
            created?: number;
            /** @description Time of the last change, in milliseconds since 1970-01-01 UTC. */
            updated?: number;
        };
        /** @description The last batches of datasets, by the datasets' ids. */
        LastBatches: {
            [key: string]: components["schemas"]["LastBatch"];
        };
        /** @description When and by whom it was created and changed. Some names have two spellings. */
        RegistryMetadata: {
            /** @description Time of creation, in milliseconds since 1970-01-01 UTC. */
            "repo:createdDate"?: number;
            /** @description The other spelling of `repo:createdDate`. */
            "repo:createDate"?: number;
            /** @description Time of the last change, in milliseconds since 1970-01-01 UTC. */
            "repo:lastModifiedDate"?: number;
            /** @description The client that created it. */
            "xdm:createdClientId"?: string;
            /** @description The user who created it. */
            "xdm:createdUserId"?: string;
            /** @description The other spelling of `xdm:createdUserId`. */
            "xdm:repositoryCreatedBy"?: string;
            /** @description The client that changed it last. */
            "xdm:lastModifiedClientId"?: string;
            /** @description The user who changed it last. */
            "xdm:lastModifiedUserId"?: string;
            /** @description A text that differs after every change. */
            eTag?: string;
            /** @description The other spelling of `eTag`. */
            etag?: string;
            /** @description The version of the standard library. */
            "meta:globalLibVersion"?: string;
            /** @description How many resources refer to it. */
            "meta:usageCount"?: number;
        };
        /**
         * @description A schema of the Schema Registry. In the resolved form `properties` has all fields of a row; in the other
         *     form `allOf` names the parts. Unknown fields occur.
         */
        XdmSchema: {
            /** @description The schema's URI. */
            $id?: string;
            /** @description The URI with `_` in place of `https://ns.adobe.com/`, and `.` in place of slashes. */
            "meta:altId"?: string;
            /** @description The type of resource, `schemas`. */
            "meta:resourceType"?: string;
            /** @description The version, major and minor, such as `1.4`. */
            version?: string;
            /** @description The name that people gave it. */
            title?: string;
            /** @description What it is for. */
            description?: string;
            /** @description The JSON type of a row, `object`. */
            type?: string;
            /** @description The fields of a row by name, as JSON Schema with `meta:` keywords. */
            properties?: {
                [key: string]: unknown;
            };
            /** @description The fields that every row must have. */
            required?: string[];
            /** @description The parts of the schema, where they are not resolved. */
            allOf?: Record<string, never>[];
            /** @description The organisation that owns it. */
            imsOrg?: string;
            /** @description Whether it can be extended. */
            "meta:extensible"?: boolean;
            /** @description Whether it is abstract. */
            "meta:abstract"?: boolean;
            /** @description The URIs of all parts, the behaviour (record, time-series, adhoc) among them. */
            "meta:extends"?: string[];
            /** @description The URI of its class. */
            "meta:class"?: string;
            /** @description The XDM type of a row, `object`. */
            "meta:xdmType"?: string;
            /** @description The container, `tenant` or `global`. */
            "meta:containerId"?: string;
            /** @description The id of its sandbox. */
            "meta:sandboxId"?: string;
            /** @description The type of its sandbox, such as `production`. */
            "meta:sandboxType"?: string;
            /** @description The name of the object that has the fields of the organisation. */
            "meta:tenantNamespace"?: string;
            /** @description Labels; with `union` it is enabled for profiles. */
            "meta:immutableTags"?: string[];
            "meta:registryMetadata"?: components["schemas"]["RegistryMetadata"];
        } & {
            [key: string]: unknown;
        };
        /** @description A statement about a field of a schema, such as that it is an identity. Fields depend on the type. */
        Descriptor: {
            /** @description The descriptor's id. */
            "@id"?: string;
            /** @description The type, such as `xdm:descriptorIdentity`. */
            "@type"?: string;
            /** @description The URI of the schema. */
            "xdm:sourceSchema"?: string;
            /** @description The major version of the schema. */
            "xdm:sourceVersion"?: number;
            /** @description The path of the field, such as `/personalEmail/address`; its names may have the prefix `xdm:`. */
            "xdm:sourceProperty"?: string;
            /** @description The code or id of the identity namespace. */
            "xdm:namespace"?: string | number;
            /** @description Whether `xdm:namespace` is a code (`xdm:code`) or an id (`xdm:id`). */
            "xdm:property"?: string;
            /** @description Whether it is the primary identity. */
            "xdm:isPrimary"?: boolean;
            /** @description The name to show of the field, by language. */
            "xdm:title"?: {
                [key: string]: string;
            };
            /** @description The description to show of the field, by language. */
            "xdm:description"?: {
                [key: string]: string;
            };
            /** @description Time of creation, in milliseconds since 1970-01-01 UTC. */
            created?: number;
            /** @description The client that created it. */
            createdClient?: string;
            /** @description The user who created it. */
            createdUser?: string;
            /** @description Time of the last change, in milliseconds since 1970-01-01 UTC. */
            updated?: number;
            /** @description The user who changed it last. */
            updatedUser?: string;
            /** @description The container, `tenant`. */
            "meta:containerId"?: string;
            /** @description The organisation that owns it. */
            imsOrg?: string;
            /** @description The version of this descriptor. */
            version?: string;
        };
        /** @description A page of descriptors. */
        DescriptorPage: {
            /** @description The descriptors. */
            results: components["schemas"]["Descriptor"][];
            /** @description What follows. */
            _page?: {
                /** @description The field that the list is sorted by. */
                orderby?: string;
                /** @description The `start` of the next page; null on the last one. */
                next?: string | null;
                /** @description The number of descriptors on this page. */
                count?: number;
            };
            /** @description Links to this page and the next one. */
            _links?: Record<string, never>;
        };
        /** @description Descriptors by type; a type without descriptors is left out. */
        DescriptorsByType: {
            [key: string]: components["schemas"]["Descriptor"][];
        };
        /** @description Ids or paths of descriptors by type. */
        DescriptorLinks: {
            [key: string]: string[];
        };
        /** @description Descriptors in the form that `accept` names. */
        DescriptorList: components["schemas"]["DescriptorPage"] | components["schemas"]["DescriptorsByType"] | components["schemas"]["DescriptorLinks"];
        /** @description A URL of the same service. */
        Link: {
            /** @description The URL. It may include the port (`:443`), and `%2F` for the slashes of its `path`. Follow it only on the origin that is already in use. */
            href: string;
        };
        /** @description The link to the entry itself. */
        SelfLink: {
            self: components["schemas"]["Link"];
        };
        /** @description A file that can be downloaded. */
        FileEntry: {
            /** @description The file's name; the value for `path`. */
            name: string;
            /** @description The size of the file in bytes: a string of digits, in older responses a number. One published response has a placeholder in braces. */
            length: string | number;
            _links: components["schemas"]["SelfLink"];
        };
        /** @description Information about the page. */
        Page: {
            /** @description The maximum number of entries of a page. */
            limit: number;
            /** @description The number of entries: of this page in most published responses, of all pages in others. Do not rely on it; the last page has no `next` link or fewer entries than `limit`. */
            count: number;
        };
        /** @description Links to other pages. Missing if there is only one. */
        PageLinks: {
            /** @description The next page. */
            next?: components["schemas"]["Link"];
            /** @description The URL template of a page. */
            page?: {
                /** @description The URL with the placeholders `{limit}` and `{start}`. */
                href: string;
                /** @description Whether the URL has placeholders. */
                templated?: boolean;
            };
        };
        /** @description Files that can be downloaded. */
        FilePage: {
            data: components["schemas"]["FileEntry"][];
            _page: components["schemas"]["Page"];
            _links?: components["schemas"]["PageLinks"];
        };
        /** @description One reason why a row was rejected. */
        RowErrorReason: {
            /** @description Machine-readable code, such as `1401` (the row cannot be parsed). */
            code: string;
            /** @description Human-readable description. */
            message: string;
            /** @description The affected column. */
            column?: string;
        };
        /**
         * @description One line of a file of rejected rows: the reasons and the row. A row that could not be parsed is in
         *     `_corrupt_record`; a parsed row has its own columns next to `_errors`.
         */
        RowError: {
            /** @description The reasons. */
            _errors: components["schemas"]["RowErrorReason"][];
            /** @description The original row, if it could not be parsed. */
            _corrupt_record?: string;
            /** @description The file of the row. */
            _filename?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description One line of a file that lists the input files. */
        InputFileRow: {
            /** @description The path of an uploaded file. */
            path: string;
        };
        /** @description A list of files or, if `path` is a file with a single line, that line. A longer file is JSON Lines, one such object per line, and therefore not a JSON document. */
        DiagnosticContent: components["schemas"]["FilePage"] | components["schemas"]["RowError"] | components["schemas"]["InputFileRow"];
        /** @description One violation of the schema. */
        ValidationError: {
            /** @description Human-readable description. */
            message: string;
            /** @description The violated schema keyword, such as `format`. */
            keyword?: string;
            /** @description The location in the row, as a JSON pointer. */
            pointerToViolation?: string;
            /** @description The location in the schema. */
            schemaLocation?: string;
            /** @description The causes, in the same form. */
            causingExceptions?: Record<string, never>[];
        };
        /** @description A row that violates its schema. */
        InvalidRow: {
            /** @description The violations. */
            _validationErrors: components["schemas"]["ValidationError"][];
        } & {
            [key: string]: unknown;
        };
        /** @description One reason why a row was rejected. */
        UncheckedRowReason: {
            /** @description Human-readable description. */
            message: string;
        };
        /** @description A row that was rejected before it was validated against its schema. */
        UncheckedRow: {
            /** @description The reasons, by the step that rejected the row. */
            _errors: {
                [key: string]: components["schemas"]["UncheckedRowReason"][];
            };
        } & {
            [key: string]: unknown;
        };
        /** @description A message that was rejected as a whole. It looks like an error body with a report. */
        RejectedMessage: {
            /** @description A URI for this kind of problem. */
            type: string;
            /** @description The status with which the message was rejected. */
            status: number;
            /** @description Short description. */
            title: string;
            /** @description Details. */
            report: {
                /** @description Human-readable description. */
                message: string;
            };
        };
        /**
         * @description One line of a file of a failed batch. Rows of batch ingestion look like those in `row_errors`; rows
         *     of streaming ingestion have one of the other forms.
         */
        FailedRow: components["schemas"]["RowError"] | components["schemas"]["InvalidRow"] | components["schemas"]["UncheckedRow"] | components["schemas"]["RejectedMessage"];
        /** @description A list of files or, if `path` is a file with a single line, that line. A longer file is JSON Lines, one such object per line, and therefore not a JSON document. */
        FailedContent: components["schemas"]["FilePage"] | components["schemas"]["FailedRow"];
        /** @description A file of a dataset, either a single file or a folder of parts. */
        DataSetFileEntry: {
            /** @description The file's id, to list and download its parts. */
            dataSetFileId: string;
            /** @description The id of the dataset view of the file. */
            dataSetViewId?: string;
            /** @description The version of this record. */
            version?: string;
            /** @description Time of creation, in milliseconds since 1970-01-01 UTC, as a string of digits. */
            created?: string;
            /** @description Time of the last change, in milliseconds since 1970-01-01 UTC, as a string of digits. */
            updated?: string;
            /** @description Number of rows, as a string of digits. */
            records?: string;
            /** @description Size in bytes, as a string of digits. */
            size?: string;
            /** @description Internal to the platform; `false` for valid files too. */
            isValid?: boolean;
            _links: components["schemas"]["SelfLink"];
        };
        /** @description Files of a dataset. */
        DataSetFilePage: {
            data: components["schemas"]["DataSetFileEntry"][];
            _page: components["schemas"]["Page"];
            _links?: components["schemas"]["PageLinks"];
        };
        /** @description The parts of a file, without page information. */
        OlderFileParts: components["schemas"]["FileEntry"][];
        /** @description The parts of a file or, if its id is that of a folder, the files in the folder. Older responses are a plain list. */
        FileParts: components["schemas"]["FilePage"] | components["schemas"]["DataSetFilePage"] | components["schemas"]["OlderFileParts"];
        /** @description The credential as form fields. The secret is never sent in a URL. */
        TokenRequest: {
            /**
             * @description The grant type; servers have only one.
             * @enum {string}
             */
            grant_type: "client_credentials";
            /** @description The client id of the credential; it is also the API key. */
            client_id: string;
            /** @description The client secret of the credential. */
            client_secret: string;
            /** @description The requested scopes, separated by commas. */
            scope: string;
        };
        /** @description An access token. */
        Token: {
            /** @description The token. */
            access_token: string;
            /**
             * @description How the token is used, `bearer`.
             * @enum {string}
             */
            token_type: "bearer";
            /** @description The lifetime of the token in seconds. An older flow sends milliseconds: treat values above 1,000,000 as such. */
            expires_in: number;
        };
        /** @description The reason why no token was issued, as in RFC 6749. */
        TokenError: {
            /** @description Machine-readable code, such as `invalid_client`. */
            error: string;
            /** @description Human-readable description. */
            error_description?: string;
        };
    };
    responses: {
        /** @description The request is malformed, or a header or field is missing. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The access token is invalid or expired, or a permission is missing. */
        Unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The token or the API key is missing, or the organisation lacks the permission. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body exceeds the gateway's limit. */
        ContentTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The URL is longer than 2000 characters. */
        UriTooLong: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The `content-type` is not supported by this operation. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The request is well formed but cannot be processed. */
        UnprocessableContent: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Too many requests. Only some responses say how long to wait. */
        TooManyRequests: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The platform failed. It is unknown whether the request took effect. */
        InternalServerError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The service is temporarily unavailable. The request had no effect. */
        ServiceUnavailable: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description There is no batch, dataset or file with this id, or no file at this path. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The status of the batch does not allow this action. */
        PreconditionRequired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Error. Responses to HEAD have no body, so only the status gives the reason. */
        HeadError: {
            headers: {
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description Temporary error. Responses to HEAD have no body, so only the status gives the reason. */
        HeadTemporaryError: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The request is malformed, or `accept` has no version. */
        LookupBadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description There is no schema with this id and major version in the container. */
        SchemaNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The form or the version that `accept` names is not available. */
        NotAcceptable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The request is malformed, or `accept` is not one of those for descriptors. */
        DescriptorsBadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The requested range starts after the end of the file. */
        RangeNotSatisfiable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description A field is missing or invalid, or a scope is not allowed for this credential. */
        TokenBadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TokenError"];
            };
        };
        /** @description The client id or the client secret is invalid. */
        TokenUnauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TokenError"];
            };
        };
    };
    parameters: {
        /**
         * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
         *     the platform then uses its default, the production sandbox. The client of this project requires it
         *     and always sends it.
         * @example prod
         */
        SandboxName: string;
        /**
         * @description The batch's id.
         * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
         */
        BatchId: string;
        /**
         * @description `COMPLETE` starts the ingestion and may be repeated. `ABORT` and `FAIL` cancel a batch that is not
         *     loaded yet. `REVERT` removes a loaded batch: it becomes `inactive` and later `deleted`. In upper
         *     case.
         * @example COMPLETE
         */
        BatchAction: components["schemas"]["BatchAction"];
        /**
         * @description The id of the dataset of the batch.
         * @example 5c8c3c555033b814b69f947f
         */
        DatasetId: string;
        /**
         * @description The file's path in the batch. It may contain folders: slashes are sent unencoded and each segment
         *     is percent-encoded. Empty segments, `.` and `..` are never sent.
         * @example loyaltyData.parquet
         */
        FilePath: string;
        /**
         * @description `INITIALIZE` starts the upload of a large file before its first part, `COMPLETE` assembles the parts after the last one. In upper case.
         * @example INITIALIZE
         */
        FileAction: components["schemas"]["FileAction"];
        /**
         * @description The range of the file in the body: `bytes {first}-{last}`, zero-based and inclusive. A total after
         *     a slash is not in the published form, but accepted here, as is the placeholder in braces of the
         *     published requests.
         * @example bytes 0-99
         */
        UploadedRange: string;
        /**
         * @description The format of the files, in lower case.
         * @example csv
         */
        PreviewFormat: components["schemas"]["FileFormat"];
        /**
         * @description Whether each file is a JSON array instead of JSON Lines. Default `false`.
         * @example false
         */
        PreviewMultiLineJson: boolean;
        /**
         * @description The separator of CSV fields. Default `,`.
         * @example ,
         */
        PreviewDelimiter: string;
        /**
         * @description The quote character of CSV fields. Default `"`.
         * @example "
         */
        PreviewQuote: string;
        /**
         * @description The escape character. Default `\`.
         * @example \
         */
        PreviewEscape: string;
        /**
         * @description The character set of the files. Default UTF-8.
         * @example UTF-8
         */
        PreviewCharset: string;
        /**
         * @description Whether the first CSV line is a header. Default `true`.
         * @example true
         */
        PreviewHeader: boolean;
        /**
         * @description The number of rows to return. Default 0, whose meaning is not published; according to an existing client it must be below 10.
         * @example 5
         */
        PreviewRowCount: number;
        /**
         * @description Only batches of the dataset with this id.
         * @example 5cd9146b21dae914b71f654f
         */
        FilterDataSet: string;
        /**
         * @description Only batches with this status. Several are separated by commas; a leading `!` negates the filter.
         * @example success
         */
        FilterStatus: components["schemas"]["BatchStatus"] | string;
        /**
         * @description Only the batch with this external id.
         * @example nightly-2026-01-31
         */
        FilterExternalId: string;
        /**
         * @description Only the batch with this id and batches related to it.
         * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
         */
        FilterBatch: string;
        /**
         * @description Only batches created by the client with this id (API key).
         * @example acp_foundation_push
         */
        FilterCreatedClient: string;
        /**
         * @description Only batches created by this user.
         * @example {USER_ID}
         */
        FilterCreatedUser: string;
        /**
         * @description Only batches last changed by this user.
         * @example {USER_ID}
         */
        FilterUpdatedUser: string;
        /**
         * @description Only batches created after this time, in milliseconds since 1970-01-01 UTC.
         * @example 1521053542579
         */
        FilterCreatedAfter: number;
        /**
         * @description Only batches created before this time, in milliseconds since 1970-01-01 UTC.
         * @example 1556668799000
         */
        FilterCreatedBefore: number;
        /**
         * @description Only entries with all of these labels, each as `{name}:{value}`, separated by commas. `*` matches the rest of a value.
         * @example test:2,acp_producer:*
         */
        FilterTags: string;
        /**
         * @description Only batches with this record version.
         * @example 1.0.3
         */
        FilterVersion: string;
        /**
         * @description A condition on a field, such as `externalId~^nightly`.
         * @example externalId~^nightly
         */
        FilterProperty: string;
        /**
         * @description The fields to sort by, separated by commas, each with the prefix `asc:` (the default) or `desc:`.
         * @example desc:created
         */
        OrderBy: string;
        /**
         * @deprecated
         * @description The older name of `orderBy`, still published.
         * @example desc:created
         */
        Sort: string;
        /**
         * @description The fields of a batch to return, separated by commas. They must include `status`, or the response does not match its schema.
         * @example status,created,metrics
         */
        Properties: string;
        /**
         * @description The maximum number of entries to return. Default 20.
         * @example 20
         */
        CatalogLimit: number;
        /**
         * @description The number of entries to skip. Default 0.
         * @example 0
         */
        CatalogStart: number;
        /**
         * @description Whether the status, metrics and errors of related objects are aggregated in those of the batch. Default `false`.
         * @example true
         */
        Aggregate: boolean;
        /**
         * @description Only datasets with exactly this name.
         * @example Loyalty members
         */
        FilterName: string;
        /**
         * @description The fields of a dataset to return, separated by commas. Default all.
         * @example name,schemaRef
         */
        DatasetProperties: string;
        /**
         * @description The dataset's id.
         * @example 5c8c3c555033b814b69f947f
         */
        CatalogDatasetId: string;
        /**
         * @description Only datasets with these ids, separated by commas. The length of the URL limits their number.
         * @example 5c8c3c555033b814b69f947f,5ab540d0864cf0267448ead4
         */
        FilterDatasetIds: string;
        /**
         * @description `global` for schemas whose URI begins with `https://ns.adobe.com/xdm/` or `https://ns.adobe.com/experience/`, `tenant` for those of the organisation.
         * @example tenant
         */
        SchemaContainer: "tenant" | "global";
        /**
         * @description The schema's URI, percent-encoded as one segment, or its `meta:altId`.
         * @example https://ns.adobe.com/{TENANT_ID}/schemas/533ca5da28087c44344810891b0f03d9
         */
        SchemaId: string;
        /**
         * @description A condition on a field, such as `@type==xdm:descriptorIdentity`.
         * @example @type==xdm:descriptorIdentity
         */
        DescriptorProperty: string;
        /**
         * @description The fields to sort by, separated by commas, each with a leading `-` for the reverse order. Paged form only.
         * @example @id
         */
        DescriptorOrderBy: string;
        /**
         * @description The maximum number of descriptors of a page. Paged form only.
         * @example 100
         */
        DescriptorLimit: number;
        /**
         * @description The value of the first `orderby` field where the page starts. Paged form only.
         * @example f3a1dfa38a4871cf4442a33074c1f9406a593407
         */
        DescriptorStart: string;
        /**
         * @description A folder to list (`row_errors` or `input_files`) or a file to download (`row_errors/{name}`,
         *     `input_files/{name}` or `row_errors_sample.json`). Default: the top folder.
         */
        DiagnosticPath: string;
        /**
         * @description The maximum number of entries of a page. Default 100.
         * @example 100
         */
        PageLimit: number;
        /**
         * @description The start of the page: the zero-based index of its first entry, or the name of a file. Both are published; the `next` link of a page has the correct one. Default 0.
         * @example 0
         */
        PageStart: number | string;
        /**
         * @description The name of the file to download. Without it the files are listed.
         * @example part-00000-44c7b669-5e38-43fb-b56c-a0686dabb982-c000.json
         */
        FailedFile: string;
        /**
         * @description The file's id, from the list of a batch's files.
         * @example 8dcedb36-1cb2-4496-9a38-7b2041114b56-1
         */
        DataSetFileId: string;
        /**
         * @description The name of the part to download. Without it the parts are listed.
         * @example profiles.parquet
         */
        PartName: string;
        /**
         * @description The requested range of the file: `bytes={first}-{last}`, zero-based and inclusive. Only together
         *     with `path`. Default: the whole file.
         * @example bytes=0-99
         */
        RequestedRange: string;
        /**
         * @description The name of the part.
         * @example profiles.parquet
         */
        HeadPartName: string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description The time to wait before the next attempt, in seconds or as an HTTP date.
         * @example 2
         */
        RetryAfter: string;
        /**
         * @description The received ranges. The format is not published: a client must accept `bytes=0-99`, `bytes 0-99`,
         *     several ranges separated by commas, and a missing header.
         * @example bytes=0-99
         */
        ReceivedRange: string;
        /**
         * @description The range of the file in the body and, after the slash, the size of the file. It may differ from the requested range.
         * @example bytes 0-99/249058
         */
        ContentRange: string;
        /**
         * @description The size of the file, in bytes.
         * @example 249058
         */
        FileLength: number;
        /**
         * @description The unit of ranges, `bytes`.
         * @example bytes
         */
        AcceptRanges: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    createBatch: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateBatchRequest"];
            };
        };
        responses: {
            /** @description The batch exists and is `loading`. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedBatch"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            414: components["responses"]["UriTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    batchAction: {
        parameters: {
            query: {
                /**
                 * @description `COMPLETE` starts the ingestion and may be repeated. `ABORT` and `FAIL` cancel a batch that is not
                 *     loaded yet. `REVERT` removes a loaded batch: it becomes `inactive` and later `deleted`. In upper
                 *     case.
                 * @example COMPLETE
                 */
                action: components["parameters"]["BatchAction"];
            };
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The batch's id.
                 * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
                 */
                batchId: components["parameters"]["BatchId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted. There is no body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            414: components["responses"]["UriTooLong"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    uploadFile: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The batch's id.
                 * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
                 */
                batchId: components["parameters"]["BatchId"];
                /**
                 * @description The id of the dataset of the batch.
                 * @example 5c8c3c555033b814b69f947f
                 */
                datasetId: components["parameters"]["DatasetId"];
                /**
                 * @description The file's path in the batch. It may contain folders: slashes are sent unencoded and each segment
                 *     is percent-encoded. Empty segments, `.` and `..` are never sent.
                 * @example loyaltyData.parquet
                 */
                filePath: components["parameters"]["FilePath"];
            };
            cookie?: never;
        };
        /** @description The raw bytes of the file, not a form. */
        requestBody: {
            content: {
                "application/octet-stream": Uint8Array | Blob | ByteSource;
            };
        };
        responses: {
            /** @description The file was stored. There is no body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The file was created. There is no body. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["ContentTooLarge"];
            414: components["responses"]["UriTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    fileAction: {
        parameters: {
            query: {
                /**
                 * @description `INITIALIZE` starts the upload of a large file before its first part, `COMPLETE` assembles the parts after the last one. In upper case.
                 * @example INITIALIZE
                 */
                action: components["parameters"]["FileAction"];
            };
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The batch's id.
                 * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
                 */
                batchId: components["parameters"]["BatchId"];
                /**
                 * @description The id of the dataset of the batch.
                 * @example 5c8c3c555033b814b69f947f
                 */
                datasetId: components["parameters"]["DatasetId"];
                /**
                 * @description The file's path in the batch. It may contain folders: slashes are sent unencoded and each segment
                 *     is percent-encoded. Empty segments, `.` and `..` are never sent.
                 * @example loyaltyData.parquet
                 */
                filePath: components["parameters"]["FilePath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file is complete. An alternative response to `COMPLETE`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompletedFile"];
                };
            };
            /** @description The upload was started or completed. There is no body. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            414: components["responses"]["UriTooLong"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getReceivedRanges: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The batch's id.
                 * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
                 */
                batchId: components["parameters"]["BatchId"];
                /**
                 * @description The id of the dataset of the batch.
                 * @example 5c8c3c555033b814b69f947f
                 */
                datasetId: components["parameters"]["DatasetId"];
                /**
                 * @description The file's path in the batch. It may contain folders: slashes are sent unencoded and each segment
                 *     is percent-encoded. Empty segments, `.` and `..` are never sent.
                 * @example loyaltyData.parquet
                 */
                filePath: components["parameters"]["FilePath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The received bytes are in `Range`. */
            200: {
                headers: {
                    Range: components["headers"]["ReceivedRange"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["HeadError"];
            401: components["responses"]["HeadError"];
            403: components["responses"]["HeadError"];
            404: components["responses"]["HeadError"];
            414: components["responses"]["HeadError"];
            415: components["responses"]["HeadError"];
            429: components["responses"]["HeadTemporaryError"];
            500: components["responses"]["HeadError"];
            503: components["responses"]["HeadTemporaryError"];
        };
    };
    uploadFilePart: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The range of the file in the body: `bytes {first}-{last}`, zero-based and inclusive. A total after
                 *     a slash is not in the published form, but accepted here, as is the placeholder in braces of the
                 *     published requests.
                 * @example bytes 0-99
                 */
                "Content-Range": components["parameters"]["UploadedRange"];
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The batch's id.
                 * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
                 */
                batchId: components["parameters"]["BatchId"];
                /**
                 * @description The id of the dataset of the batch.
                 * @example 5c8c3c555033b814b69f947f
                 */
                datasetId: components["parameters"]["DatasetId"];
                /**
                 * @description The file's path in the batch. It may contain folders: slashes are sent unencoded and each segment
                 *     is percent-encoded. Empty segments, `.` and `..` are never sent.
                 * @example loyaltyData.parquet
                 */
                filePath: components["parameters"]["FilePath"];
            };
            cookie?: never;
        };
        /** @description The bytes of the part. Their number must match `Content-Range`. */
        requestBody: {
            content: {
                "application/octet-stream": Uint8Array | Blob | ByteSource;
            };
        };
        responses: {
            /** @description The part was stored. There is no body. */
            200: {
                headers: {
                    Range: components["headers"]["ReceivedRange"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["ContentTooLarge"];
            414: components["responses"]["UriTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    previewBatch: {
        parameters: {
            query: {
                /**
                 * @description The format of the files, in lower case.
                 * @example csv
                 */
                format: components["parameters"]["PreviewFormat"];
                /**
                 * @description Whether each file is a JSON array instead of JSON Lines. Default `false`.
                 * @example false
                 */
                isMultiLineJson?: components["parameters"]["PreviewMultiLineJson"];
                /**
                 * @description The separator of CSV fields. Default `,`.
                 * @example ,
                 */
                delimiter?: components["parameters"]["PreviewDelimiter"];
                /**
                 * @description The quote character of CSV fields. Default `"`.
                 * @example "
                 */
                quote?: components["parameters"]["PreviewQuote"];
                /**
                 * @description The escape character. Default `\`.
                 * @example \
                 */
                escape?: components["parameters"]["PreviewEscape"];
                /**
                 * @description The character set of the files. Default UTF-8.
                 * @example UTF-8
                 */
                charset?: components["parameters"]["PreviewCharset"];
                /**
                 * @description Whether the first CSV line is a header. Default `true`.
                 * @example true
                 */
                header?: components["parameters"]["PreviewHeader"];
                /**
                 * @description The number of rows to return. Default 0, whose meaning is not published; according to an existing client it must be below 10.
                 * @example 5
                 */
                nrow?: components["parameters"]["PreviewRowCount"];
            };
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The batch's id.
                 * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
                 */
                batchId: components["parameters"]["BatchId"];
                /**
                 * @description The id of the dataset of the batch.
                 * @example 5c8c3c555033b814b69f947f
                 */
                datasetId: components["parameters"]["DatasetId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The columns and rows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchPreview"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            414: components["responses"]["UriTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listBatches: {
        parameters: {
            query?: {
                /**
                 * @description Only batches of the dataset with this id.
                 * @example 5cd9146b21dae914b71f654f
                 */
                dataSet?: components["parameters"]["FilterDataSet"];
                /**
                 * @description Only batches with this status. Several are separated by commas; a leading `!` negates the filter.
                 * @example success
                 */
                status?: components["parameters"]["FilterStatus"];
                /**
                 * @description Only the batch with this external id.
                 * @example nightly-2026-01-31
                 */
                externalId?: components["parameters"]["FilterExternalId"];
                /**
                 * @description Only the batch with this id and batches related to it.
                 * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
                 */
                batch?: components["parameters"]["FilterBatch"];
                /**
                 * @description Only batches created by the client with this id (API key).
                 * @example acp_foundation_push
                 */
                createdClient?: components["parameters"]["FilterCreatedClient"];
                /**
                 * @description Only batches created by this user.
                 * @example {USER_ID}
                 */
                createdUser?: components["parameters"]["FilterCreatedUser"];
                /**
                 * @description Only batches last changed by this user.
                 * @example {USER_ID}
                 */
                updatedUser?: components["parameters"]["FilterUpdatedUser"];
                /**
                 * @description Only batches created after this time, in milliseconds since 1970-01-01 UTC.
                 * @example 1521053542579
                 */
                createdAfter?: components["parameters"]["FilterCreatedAfter"];
                /**
                 * @description Only batches created before this time, in milliseconds since 1970-01-01 UTC.
                 * @example 1556668799000
                 */
                createdBefore?: components["parameters"]["FilterCreatedBefore"];
                /**
                 * @description Only entries with all of these labels, each as `{name}:{value}`, separated by commas. `*` matches the rest of a value.
                 * @example test:2,acp_producer:*
                 */
                tags?: components["parameters"]["FilterTags"];
                /**
                 * @description Only batches with this record version.
                 * @example 1.0.3
                 */
                version?: components["parameters"]["FilterVersion"];
                /**
                 * @description A condition on a field, such as `externalId~^nightly`.
                 * @example externalId~^nightly
                 */
                property?: components["parameters"]["FilterProperty"];
                /**
                 * @description The fields to sort by, separated by commas, each with the prefix `asc:` (the default) or `desc:`.
                 * @example desc:created
                 */
                orderBy?: components["parameters"]["OrderBy"];
                /**
                 * @deprecated
                 * @description The older name of `orderBy`, still published.
                 * @example desc:created
                 */
                sort?: components["parameters"]["Sort"];
                /**
                 * @description The fields of a batch to return, separated by commas. They must include `status`, or the response does not match its schema.
                 * @example status,created,metrics
                 */
                properties?: components["parameters"]["Properties"];
                /**
                 * @description The maximum number of entries to return. Default 20.
                 * @example 20
                 */
                limit?: components["parameters"]["CatalogLimit"];
                /**
                 * @description The number of entries to skip. Default 0.
                 * @example 0
                 */
                start?: components["parameters"]["CatalogStart"];
            };
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The batches by id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogBatches"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getBatch: {
        parameters: {
            query?: {
                /**
                 * @description The fields of a batch to return, separated by commas. They must include `status`, or the response does not match its schema.
                 * @example status,created,metrics
                 */
                properties?: components["parameters"]["Properties"];
                /**
                 * @description Whether the status, metrics and errors of related objects are aggregated in those of the batch. Default `false`.
                 * @example true
                 */
                aggregate?: components["parameters"]["Aggregate"];
            };
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The batch's id.
                 * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
                 */
                batchId: components["parameters"]["BatchId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The batch, keyed by its id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogBatchById"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listDatasets: {
        parameters: {
            query?: {
                /**
                 * @description Only datasets with exactly this name.
                 * @example Loyalty members
                 */
                name?: components["parameters"]["FilterName"];
                /**
                 * @description Only entries with all of these labels, each as `{name}:{value}`, separated by commas. `*` matches the rest of a value.
                 * @example test:2,acp_producer:*
                 */
                tags?: components["parameters"]["FilterTags"];
                /**
                 * @description A condition on a field, such as `externalId~^nightly`.
                 * @example externalId~^nightly
                 */
                property?: components["parameters"]["FilterProperty"];
                /**
                 * @description The fields to sort by, separated by commas, each with the prefix `asc:` (the default) or `desc:`.
                 * @example desc:created
                 */
                orderBy?: components["parameters"]["OrderBy"];
                /**
                 * @description The fields of a dataset to return, separated by commas. Default all.
                 * @example name,schemaRef
                 */
                properties?: components["parameters"]["DatasetProperties"];
                /**
                 * @description The maximum number of entries to return. Default 20.
                 * @example 20
                 */
                limit?: components["parameters"]["CatalogLimit"];
                /**
                 * @description The number of entries to skip. Default 0.
                 * @example 0
                 */
                start?: components["parameters"]["CatalogStart"];
            };
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The datasets by id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Datasets"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getDataset: {
        parameters: {
            query?: {
                /**
                 * @description The fields of a dataset to return, separated by commas. Default all.
                 * @example name,schemaRef
                 */
                properties?: components["parameters"]["DatasetProperties"];
            };
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The dataset's id.
                 * @example 5c8c3c555033b814b69f947f
                 */
                datasetId: components["parameters"]["CatalogDatasetId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The dataset, keyed by its id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Datasets"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listLastBatches: {
        parameters: {
            query?: {
                /**
                 * @description Only datasets with these ids, separated by commas. The length of the URL limits their number.
                 * @example 5c8c3c555033b814b69f947f,5ab540d0864cf0267448ead4
                 */
                dataSetId?: components["parameters"]["FilterDatasetIds"];
                /**
                 * @description The maximum number of entries to return. Default 20.
                 * @example 20
                 */
                limit?: components["parameters"]["CatalogLimit"];
                /**
                 * @description The number of entries to skip. Default 0.
                 * @example 0
                 */
                start?: components["parameters"]["CatalogStart"];
            };
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The last batches, keyed by the dataset's id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LastBatches"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getSchema: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description `global` for schemas whose URI begins with `https://ns.adobe.com/xdm/` or `https://ns.adobe.com/experience/`, `tenant` for those of the organisation.
                 * @example tenant
                 */
                container: components["parameters"]["SchemaContainer"];
                /**
                 * @description The schema's URI, percent-encoded as one segment, or its `meta:altId`.
                 * @example https://ns.adobe.com/{TENANT_ID}/schemas/533ca5da28087c44344810891b0f03d9
                 */
                schemaId: components["parameters"]["SchemaId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schema. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.adobe.xed-full+json; version=1": components["schemas"]["XdmSchema"];
                    "application/vnd.adobe.xed-full-notext+json; version=1": components["schemas"]["XdmSchema"];
                    "application/vnd.adobe.xed+json; version=1": components["schemas"]["XdmSchema"];
                };
            };
            400: components["responses"]["LookupBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SchemaNotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listDescriptors: {
        parameters: {
            query?: {
                /**
                 * @description A condition on a field, such as `@type==xdm:descriptorIdentity`.
                 * @example @type==xdm:descriptorIdentity
                 */
                property?: components["parameters"]["DescriptorProperty"];
                /**
                 * @description The fields to sort by, separated by commas, each with a leading `-` for the reverse order. Paged form only.
                 * @example @id
                 */
                orderby?: components["parameters"]["DescriptorOrderBy"];
                /**
                 * @description The maximum number of descriptors of a page. Paged form only.
                 * @example 100
                 */
                limit?: components["parameters"]["DescriptorLimit"];
                /**
                 * @description The value of the first `orderby` field where the page starts. Paged form only.
                 * @example f3a1dfa38a4871cf4442a33074c1f9406a593407
                 */
                start?: components["parameters"]["DescriptorStart"];
            };
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The descriptors. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.adobe.xdm+json": components["schemas"]["DescriptorList"];
                    "application/vnd.adobe.xdm-v2+json": components["schemas"]["DescriptorList"];
                    "application/vnd.adobe.xdm-link+json": components["schemas"]["DescriptorList"];
                };
            };
            400: components["responses"]["DescriptorsBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getBatchMeta: {
        parameters: {
            query?: {
                /**
                 * @description A folder to list (`row_errors` or `input_files`) or a file to download (`row_errors/{name}`,
                 *     `input_files/{name}` or `row_errors_sample.json`). Default: the top folder.
                 */
                path?: components["parameters"]["DiagnosticPath"];
                /**
                 * @description The maximum number of entries of a page. Default 100.
                 * @example 100
                 */
                limit?: components["parameters"]["PageLimit"];
                /**
                 * @description The start of the page: the zero-based index of its first entry, or the name of a file. Both are published; the `next` link of a page has the correct one. Default 0.
                 * @example 0
                 */
                start?: components["parameters"]["PageStart"];
            };
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The batch's id.
                 * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
                 */
                batchId: components["parameters"]["BatchId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A list of files, or one file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiagnosticContent"];
                    "application/octet-stream": ReadableStream<Uint8Array>;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getFailedFiles: {
        parameters: {
            query?: {
                /**
                 * @description The name of the file to download. Without it the files are listed.
                 * @example part-00000-44c7b669-5e38-43fb-b56c-a0686dabb982-c000.json
                 */
                path?: components["parameters"]["FailedFile"];
                /**
                 * @description The maximum number of entries of a page. Default 100.
                 * @example 100
                 */
                limit?: components["parameters"]["PageLimit"];
                /**
                 * @description The start of the page: the zero-based index of its first entry, or the name of a file. Both are published; the `next` link of a page has the correct one. Default 0.
                 * @example 0
                 */
                start?: components["parameters"]["PageStart"];
            };
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The batch's id.
                 * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
                 */
                batchId: components["parameters"]["BatchId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A list of files, or one file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FailedContent"];
                    "application/octet-stream": ReadableStream<Uint8Array>;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listBatchFiles: {
        parameters: {
            query?: {
                /**
                 * @description The maximum number of entries of a page. Default 100.
                 * @example 100
                 */
                limit?: components["parameters"]["PageLimit"];
                /**
                 * @description The start of the page: the zero-based index of its first entry, or the name of a file. Both are published; the `next` link of a page has the correct one. Default 0.
                 * @example 0
                 */
                start?: components["parameters"]["PageStart"];
            };
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The batch's id.
                 * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
                 */
                batchId: components["parameters"]["BatchId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of files. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataSetFilePage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getFile: {
        parameters: {
            query?: {
                /**
                 * @description The name of the part to download. Without it the parts are listed.
                 * @example profiles.parquet
                 */
                path?: components["parameters"]["PartName"];
                /**
                 * @description The maximum number of entries of a page. Default 100.
                 * @example 100
                 */
                limit?: components["parameters"]["PageLimit"];
                /**
                 * @description The start of the page: the zero-based index of its first entry, or the name of a file. Both are published; the `next` link of a page has the correct one. Default 0.
                 * @example 0
                 */
                start?: components["parameters"]["PageStart"];
            };
            header?: {
                /**
                 * @description The requested range of the file: `bytes={first}-{last}`, zero-based and inclusive. Only together
                 *     with `path`. Default: the whole file.
                 * @example bytes=0-99
                 */
                Range?: components["parameters"]["RequestedRange"];
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The file's id, from the list of a batch's files.
                 * @example 8dcedb36-1cb2-4496-9a38-7b2041114b56-1
                 */
                dataSetFileId: components["parameters"]["DataSetFileId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A list of parts, or one whole part. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileParts"];
                    "application/octet-stream": ReadableStream<Uint8Array>;
                };
            };
            /** @description The requested range of the part. */
            206: {
                headers: {
                    "Content-Range": components["headers"]["ContentRange"];
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": ReadableStream<Uint8Array>;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            416: components["responses"]["RangeNotSatisfiable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    headFile: {
        parameters: {
            query: {
                /**
                 * @description The name of the part.
                 * @example profiles.parquet
                 */
                path: components["parameters"]["HeadPartName"];
            };
            header?: {
                /**
                 * @description The name of the sandbox, in lower case. Optional here, because requests without it are published;
                 *     the platform then uses its default, the production sandbox. The client of this project requires it
                 *     and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The file's id, from the list of a batch's files.
                 * @example 8dcedb36-1cb2-4496-9a38-7b2041114b56-1
                 */
                dataSetFileId: components["parameters"]["DataSetFileId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The part exists. */
            200: {
                headers: {
                    "Content-Length": components["headers"]["FileLength"];
                    "Accept-Ranges": components["headers"]["AcceptRanges"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["HeadError"];
            401: components["responses"]["HeadError"];
            403: components["responses"]["HeadError"];
            404: components["responses"]["HeadError"];
            429: components["responses"]["HeadTemporaryError"];
            500: components["responses"]["HeadError"];
            503: components["responses"]["HeadTemporaryError"];
        };
    };
    getToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description The token. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            400: components["responses"]["TokenBadRequest"];
            401: components["responses"]["TokenUnauthorized"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
}
