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
         * @description Opens an empty batch in a dataset. The batch is `loading` until it is completed; files are
         *     put into it in the meantime. Not idempotent: two calls make two batches, unless
         *     `externalId` tells them apart.
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
         * Complete, give up or take back a batch
         * @description Completing says that every file is there; the answer means that the batch was taken on, not
         *     that it was ingested, so its status is to be followed with `getBatch`. It is safe to complete
         *     a batch twice. Giving up is possible until the batch is loaded, taking back only after that.
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
         * @description Puts a whole file of at most 256 MB into the batch. A file that is already there under this
         *     path is replaced, so the call may be repeated.
         */
        put: operations["uploadFile"];
        /**
         * Begin or finish a large file
         * @description `INITIALIZE` before the first part and `COMPLETE` after the last, for files above 256 MB.
         *     `COMPLETE` is refused with 400 where bytes are missing or came twice. Ask `getReceivedRanges`
         *     first when the answer to a part got lost.
         */
        post: operations["fileAction"];
        delete?: never;
        options?: never;
        /**
         * Ask which bytes of a large file have arrived
         * @description For a file that was announced and is not finished.
         */
        head: operations["getReceivedRanges"];
        /**
         * Upload one part of a large file
         * @description Puts at most 512,000,000 bytes into a file that was announced with `INITIALIZE`. Parts may
         *     come in any order and at the same time. Gaps and overlaps are found by `COMPLETE` only.
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
         * @description Reads the first rows of the files uploaded so far, in the way the query says.
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
         * @description The batches of the sandbox that fit all filters, newest first only if `orderBy` says so. The
         *     Catalog may lag behind: a batch that was just created can be missing.
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
         * Read the status of a batch
         * @description How a batch fares after it was completed, what was counted and what went wrong.
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
    "/data/foundation/export/batches/{batchId}/meta": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List or download refused rows and input files
         * @description With a folder as `path` a list of files, with a file as `path` that file: JSON Lines, where
         *     each line is a `RowError` (under `row_errors`) or an `InputFileRow` (under `input_files`).
         *     Refused rows are kept for batches with error diagnostics, all for 30 days. The type that a
         *     download is sent with was never published; it is to be read as bytes whatever it says.
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
         * @description Without `path` a list of files, with it that file: JSON Lines, where each line is a
         *     `FailedRow`. The type that a download is sent with was never published; it is to be read as
         *     bytes whatever it says.
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
         * List the files that a batch became
         * @description The files that the batch left in its dataset, not those that were uploaded.
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
         * @description Without `path` a list of parts, with it that part, or the range of it that `Range` names. The
         *     type that a part is sent with is its own, such as `application/parquet`; whatever it says, the
         *     body is the bytes of the part.
         */
        get: operations["getFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * Ask for the size of a part of a file
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
         * @description For an OAuth server-to-server credential. A token is good for about a day and is to be used
         *     until it runs out. Asking again gives another token and takes nothing back.
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
        /** @description How the files of the batch are to be read. A batch without it holds Parquet. `delimiter`, `quote`, `escape`, `header` and `nullMarker` are for CSV. */
        InputFormat: {
            format: components["schemas"]["FileFormat"];
            /** @description `false` (the default): JSON Lines, one object a line. `true`: one JSON array of objects a file. */
            isMultiLineJson?: boolean;
            /** @description What stands between two fields. Default `,`. */
            delimiter?: string;
            /** @description What a field is wrapped in when it holds a delimiter. Default `"`. */
            quote?: string;
            /** @description What makes the character after it literal. Default `\`. */
            escape?: string;
            /** @description The character set of the files. Default UTF-8. */
            charset?: string;
            /** @description Whether the first line names the columns. Default `true`. */
            header?: boolean;
            /** @description The text that stands for a missing value. */
            nullMarker?: string;
        };
        /** @description Names the batches that the new one replaces. They are deleted with all their rows once it is loaded, so the new batch has to hold the complete data. */
        Replay: {
            /** @description Ids of the batches to be replaced. Some pages show each with a `$` before it; what the caller gives is sent as it is. */
            predecessors?: string[];
            /** @description The same batches by their external ids. */
            predecessorsByExternalId?: string[];
            /** @description Why they are replaced, for instance `replace`. */
            reason?: string;
        };
        /** @description Labels, each with its list of values. Those that start with `acp_` are the platform's own. */
        Tags: {
            [key: string]: string[];
        };
        /** @description The share of rows, in percent, that may be rejected before the whole batch fails. Default 0: one bad row fails the batch. */
        Percent: number;
        /** @description What a new batch is to be. Only the dataset is required. */
        CreateBatchRequest: {
            /** @description The id of the dataset that the batch is loaded into. */
            datasetId: string;
            inputFormat?: components["schemas"]["InputFormat"];
            /** @description The caller's own id for the batch, unique in the organisation. Defaults to the batch's id. The Catalog can be searched for it, which is how a lost answer to this call is settled. */
            externalId?: string;
            replay?: components["schemas"]["Replay"];
            tags?: components["schemas"]["Tags"];
            /** @description Whether the platform keeps a report of every rejected row. Default `false`. */
            enableErrorDiagnostics?: boolean;
            partialIngestionPercent?: components["schemas"]["Percent"];
            /**
             * @deprecated
             * @description The older spelling of `partialIngestionPercent`, still published; not both.
             */
            partialIngestionPercentage?: components["schemas"]["Percent"];
        };
        /**
         * @description Where a batch stands. `loading` takes files; `loaded`, `queued`, `processing`, `staging`,
         *     `staged` and `retrying` are on their way; `success` and `active` mean that the data is there;
         *     `failed` and `failure` mean that it is not. `stalled`: the platform has used up its own
         *     retries. `aborted` and `abandoned` never got completed; `inactive`, `deleted`, `archived` and
         *     `retained` were loaded once and are no longer served. The published lists disagree with one
         *     another, so a program must expect a value that is not listed.
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
            /** @description For programs, such as `106` (empty file), `118` (empty CSV header), `INGEST-1212-400` (some rows refused, the others ingested) or `INGEST-1211-400` (diagnostics were off). */
            code: string;
            /** @description What went wrong, for people. */
            description?: string;
            /** @description The rows in question, each as a number or as a range with a hyphen. */
            rows?: string[];
            /** @description How many rows are in question. Only with error diagnostics. */
            recordCount?: number;
        };
        /** @description What was counted. Each kind of job counts what it likes; the counts named here are those of batch ingestion. -1 stands for "not known". */
        CatalogMetrics: {
            /** @description What was read, in bytes. */
            inputByteSize?: number;
            /** @description How many files were read. */
            inputFileCount?: number;
            /** @description How many rows were read. */
            inputRecordCount?: number;
            /** @description What was written, in bytes. */
            outputByteSize?: number;
            /** @description How many files were written. */
            outputFileCount?: number;
            /** @description How many rows were written. */
            outputRecordCount?: number;
            /** @description How many partitions were written. */
            partitionCount?: number;
            /** @description How many rows could not be ingested. */
            failedRecordCount?: number;
        } & {
            [key: string]: number | string;
        };
        /** @description An object of the platform that has to do with the batch. */
        RelatedObject: {
            type: components["schemas"]["RelatedObjectType"];
            /** @description The id of that object. */
            id: string;
            /** @description How that object stands, where the platform tells. */
            status?: string;
            /** @description What went wrong with it. */
            errors?: components["schemas"]["CatalogBatchError"][];
            /** @description What was counted for it. */
            metrics?: components["schemas"]["CatalogMetrics"];
            /** @description The part that the object plays for the batch, such as `input` or `output`. */
            tag?: string;
        };
        /** @description Labels. Mostly each has its list of values; those by which the platform keeps settings of the batch (`acp_enableErrorDiagnostics`, `acp_partialIngestionPercent`) have a plain value. */
        CatalogTags: {
            [key: string]: string[] | boolean | number;
        };
        /** @description How the files of the batch will be read. */
        CreatedInputFormat: {
            format: components["schemas"]["FileFormat"];
            /** @description Whether each file is one JSON array and not JSON Lines. */
            isMultiLineJson?: boolean;
            /** @description What stands between two CSV fields. */
            delimiter?: string;
            /** @description What a CSV field may be wrapped in. */
            quote?: string;
            /** @description What makes the character after it literal. */
            escape?: string;
            /** @description The character set of the files. */
            charset?: string;
            /** @description Whether the first CSV line names the columns. */
            header?: boolean;
            /** @description The text that stands for a missing value. */
            nullMarker?: string;
        };
        /** @description The batches that this one replaces, as they were named in the request. */
        CreatedReplay: {
            /** @description Their ids. */
            predecessors?: string[];
            /** @description Their external ids. */
            predecessorsByExternalId?: string[];
            /** @description Why they are replaced. */
            reason?: string;
        };
        /** @description The span of time that the data is about, where it has one; elsewhere an empty object or nothing. */
        CatalogAvailableDates: ({
            /** @description The beginning, in seconds since 1970-01-01 UTC. */
            startDate?: number;
            /** @description The end, in seconds since 1970-01-01 UTC. */
            endDate?: number;
        } & {
            [key: string]: number;
        }) | null;
        /** @description The batch as it stands right after it was created. */
        CreatedBatch: {
            /** @description The batch's id, given by the platform. */
            readonly id: string;
            /** @description The organisation that owns the batch. */
            imsOrg: string;
            /** @description When it was created, in milliseconds since 1970-01-01 UTC. */
            created: number;
            /** @description When it last changed, in milliseconds since 1970-01-01 UTC. */
            updated: number;
            /** @description The user or technical account that created it. */
            createdUser?: string;
            /** @description The user or technical account that changed it last. */
            updatedUser?: string;
            /** @description The client id (API key) that created it. */
            createdClient?: string;
            status: components["schemas"]["BatchStatus"];
            /** @description The version of this record, as `major.minor.patch`; it rises with every change. */
            version: string;
            /** @description The dataset that the batch belongs to, and what else it has to do with. */
            relatedObjects: components["schemas"]["RelatedObject"][];
            tags?: components["schemas"]["CatalogTags"];
            /** @description The caller's own id for the batch, or the batch's id where none was given. */
            externalId?: string;
            inputFormat?: components["schemas"]["CreatedInputFormat"];
            replay?: components["schemas"]["CreatedReplay"];
            /** @description When the ingestion began, in milliseconds since 1970-01-01 UTC. Not yet. */
            started?: number;
            /** @description When the ingestion ended, in milliseconds since 1970-01-01 UTC. Not yet. */
            completed?: number;
            /** @description How many rows were read. */
            recordCount?: number;
            /** @description How many of them could not be ingested. */
            failedRecordCount?: number;
            /** @description How much was read, in bytes. */
            size?: number;
            availableDates?: components["schemas"]["CatalogAvailableDates"];
            metrics?: components["schemas"]["CatalogMetrics"];
            /** @description What went wrong. */
            errors?: components["schemas"]["CatalogBatchError"][];
        };
        /** @description What the gateway answers before any service is reached. */
        GatewayError: {
            /** @description Six digits, the status first: 403010 no token, 401013 bad token, 403000 and 403003 api key missing or wrong, 400003 header missing, 403025 organisation not entitled, 429050 too many requests. */
            error_code: string;
            /** @description What is wrong, for people. */
            message: string;
            /** @description What is wrong, in a few words. */
            title?: string;
        };
        /** @description What a service answers, after RFC 7807. The Catalog sends `title` and `detail` alone. */
        Problem: {
            /** @description A URI for this kind of problem; its last part is the error code. */
            type?: string;
            /** @description The HTTP status once more. */
            status?: number;
            /** @description What is wrong, in a few words. */
            title: string;
            /** @description What is wrong in this one case. */
            detail?: string;
            /** @description More about this one case, with fields that differ from service to service. */
            report?: Record<string, never>;
            /** @description The gateway's code, should it be there, too. */
            error_code?: string;
            /** @description The gateway's words, should they be there, too. */
            message?: string;
        };
        /** @description Errors grouped under keys, for instance under the status. */
        ErrorList: {
            /** @description The errors, under keys that differ from service to service. */
            errors: Record<string, never>;
        };
        /**
         * @description A refusal. The gateway, the services behind it and the Catalog each have a form of their own.
         *     A refusal can also arrive with an empty body or as a page of HTML, when something in front of
         *     the gateway speaks; those have no schema.
         */
        Error: components["schemas"]["GatewayError"] | components["schemas"]["Problem"] | components["schemas"]["ErrorList"];
        /**
         * @description What can be done to a batch as a whole.
         * @enum {string}
         */
        BatchAction: "COMPLETE" | "ABORT" | "FAIL" | "REVERT";
        /**
         * @description The two ends of the upload of a large file.
         * @enum {string}
         */
        FileAction: "INITIALIZE" | "COMPLETE";
        /** @description The file that the parts were joined to. */
        CompletedFile: {
            /** @description The file's path in the batch. */
            name: string;
            /** @description The size of the file, in bytes. */
            sizeInBytes: number;
        };
        /** @description How the files were read. */
        PreviewFormatParams: {
            /** @description The format of the files. */
            format?: string;
            /** @description What stands between two CSV fields. */
            delimiter?: string;
            /** @description What a CSV field may be wrapped in. */
            quote?: string;
            /** @description What makes the character after it literal. */
            escape?: string;
            /** @description The character set of the files. */
            charset?: string;
            /** @description Whether the first CSV line names the columns. */
            header?: boolean;
        };
        /** @description One column. */
        PreviewColumn: {
            /** @description The column's id. Published as a string and as a number. */
            cid: string | number;
            /** @description The column's name. */
            name: string;
        };
        /** @description The columns that were found, and the rows. */
        PreviewTable: {
            columns: components["schemas"]["PreviewColumn"][];
            /** @description The rows; the fields of each are named by the `cid` of a column. */
            rows: Record<string, never>[];
        };
        /** @description The first rows of what was uploaded so far. */
        BatchPreview: {
            formatParams?: components["schemas"]["PreviewFormatParams"];
            preview: components["schemas"]["PreviewTable"];
        };
        /** @description How the files of the batch are read. */
        CatalogInputFormat: {
            /** @description The format of the files: one of those that a batch can be created with, or another that the platform knows. */
            format?: string;
            /** @description Whether each file is one JSON array and not JSON Lines. */
            isMultiLineJson?: boolean;
            /** @description What stands between two CSV fields. */
            delimiter?: string;
            /** @description What a CSV field may be wrapped in. */
            quote?: string;
            /** @description What makes the character after it literal. */
            escape?: string;
            /** @description The character set of the files. */
            charset?: string;
            /** @description Whether the first CSV line names the columns, as a boolean or as a word. */
            header?: boolean | ("true" | "false");
            /** @description The text that stands for a missing value. */
            nullMarker?: string;
        };
        /** @description The batches that this one replaces; an empty object where there are none. */
        CatalogReplay: {
            /** @description Their ids. */
            predecessors?: string[];
            /** @description Their external ids. */
            predecessorsByExternalId?: string[];
            /**
             * @description Whether only the direct predecessors are named, or theirs as well.
             * @enum {string}
             */
            predecessorListingType?: "IMMEDIATE" | "ALL";
            /** @description Why they are replaced. */
            reason?: string;
        };
        /**
         * @description A batch as the Catalog tells it. Its id is the name that it stands under; only some answers
         *     repeat it inside. Every field but `status` is missing from one published answer or another, and
         *     several values are looser than in the answer to `createBatch`.
         */
        CatalogBatch: {
            /** @description The batch's id once more. */
            id?: string;
            /** @description The organisation that owns the batch. */
            imsOrg?: string;
            /** @description The id of the sandbox that the batch is in. */
            sandboxId?: string;
            status: components["schemas"]["BatchStatus"];
            /** @description When it was created, in milliseconds since 1970-01-01 UTC; 0 where not known. */
            created?: number;
            /** @description When it last changed, in milliseconds since 1970-01-01 UTC; 0 where not known. */
            updated?: number;
            /** @description When the ingestion began, in milliseconds since 1970-01-01 UTC. */
            started?: number;
            /** @description When the ingestion ended, in milliseconds since 1970-01-01 UTC. */
            completed?: number;
            /** @description The user or technical account that created it. */
            createdUser?: string;
            /** @description The user or technical account that changed it last. */
            updatedUser?: string;
            /** @description The client id (API key) that created it. */
            createdClient?: string;
            /** @description The version of this record, as `major.minor.patch`; it rises with every change. */
            version?: string;
            /** @description The caller's own id for the batch, or the batch's id where none was given. */
            externalId?: string;
            /** @description The dataset that the batch belongs to, and what else it has to do with. */
            relatedObjects?: components["schemas"]["RelatedObject"][];
            inputFormat?: components["schemas"]["CatalogInputFormat"];
            replay?: components["schemas"]["CatalogReplay"];
            tags?: components["schemas"]["CatalogTags"];
            metrics?: components["schemas"]["CatalogMetrics"];
            /** @description What went wrong. A batch with errors may still be a `success`. */
            errors?: components["schemas"]["CatalogBatchError"][];
            /** @description How many rows were read. */
            recordCount?: number;
            /** @description How many of them could not be ingested. */
            failedRecordCount?: number;
            /** @description How much was read, in bytes. */
            size?: number;
            /** @description Where the files of a failed batch are kept. */
            failedBatchLocation?: string;
            availableDates?: components["schemas"]["CatalogAvailableDates"];
        };
        /** @description Batches under their ids; an empty object where there is none. */
        CatalogBatches: {
            [key: string]: components["schemas"]["CatalogBatch"];
        };
        /** @description The one batch, under its id. */
        CatalogBatchById: {
            [key: string]: components["schemas"]["CatalogBatch"];
        };
        /** @description An address of the same service. */
        Link: {
            /** @description The address. It may name the port (`:443`) and have the slashes of its `path` as `%2F`. It is to be followed only on the origin that is called anyway. */
            href: string;
        };
        /** @description Where the entry itself is. */
        SelfLink: {
            self: components["schemas"]["Link"];
        };
        /** @description A file that can be downloaded. */
        FileEntry: {
            /** @description The file's name; what is asked for with `path`. */
            name: string;
            /** @description The size of the file, in bytes: as digits in a string, in older answers as a number. One published answer has a placeholder in braces. */
            length: string | number;
            _links: components["schemas"]["SelfLink"];
        };
        /** @description What the page holds. */
        Page: {
            /** @description How many entries the page could hold. */
            limit: number;
            /** @description A number of entries: of this page in most published answers, of all pages in others. Not to be relied on; the last page is the one without a `next` link or with fewer entries than `limit`. */
            count: number;
        };
        /** @description Where the other pages are. Missing on the only page. */
        PageLinks: {
            /** @description The page after this one. */
            next?: components["schemas"]["Link"];
            /** @description How the address of a page is made. */
            page?: {
                /** @description The address, with `{limit}` and `{start}` to be filled in. */
                href: string;
                /** @description Whether something is to be filled in. */
                templated?: boolean;
            };
        };
        /** @description Files that can be downloaded. */
        FilePage: {
            data: components["schemas"]["FileEntry"][];
            _page: components["schemas"]["Page"];
            _links?: components["schemas"]["PageLinks"];
        };
        /** @description One thing that was wrong with a row. */
        RowErrorReason: {
            /** @description For programs, such as `1401` (the row cannot be read). */
            code: string;
            /** @description What is wrong, for people. */
            message: string;
            /** @description The column in question. */
            column?: string;
        };
        /**
         * @description One line of a file of refused rows: what was wrong, and the row. A row that could not be read
         *     is in `_corrupt_record`; one that could be read has its own columns beside `_errors`.
         */
        RowError: {
            /** @description What was wrong with the row. */
            _errors: components["schemas"]["RowErrorReason"][];
            /** @description The row as it came, where it could not be read. */
            _corrupt_record?: string;
            /** @description The file that the row is from. */
            _filename?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description One line of a file that names what was loaded. */
        InputFileRow: {
            /** @description The path of a file that was uploaded. */
            path: string;
        };
        /** @description A list of files or, where `path` names a file of a single line, that line. A longer file is JSON Lines, one such object a line, and so no JSON document. */
        DiagnosticContent: components["schemas"]["FilePage"] | components["schemas"]["RowError"] | components["schemas"]["InputFileRow"];
        /** @description One place where a row does not fit its schema. */
        ValidationError: {
            /** @description What is wrong, for people. */
            message: string;
            /** @description The rule of the schema that is broken, such as `format`. */
            keyword?: string;
            /** @description Where in the row, as a JSON pointer. */
            pointerToViolation?: string;
            /** @description Where in the schema. */
            schemaLocation?: string;
            /** @description What is behind it, in the same form. */
            causingExceptions?: Record<string, never>[];
        };
        /** @description A row that does not fit its schema. */
        InvalidRow: {
            /** @description Where the row does not fit. */
            _validationErrors: components["schemas"]["ValidationError"][];
        } & {
            [key: string]: unknown;
        };
        /** @description One reason why a row was refused. */
        UncheckedRowReason: {
            /** @description What is wrong, for people. */
            message: string;
        };
        /** @description A row that was refused before it was held against its schema. */
        UncheckedRow: {
            /** @description The reasons, under the name of the step that refused it. */
            _errors: {
                [key: string]: components["schemas"]["UncheckedRowReason"][];
            };
        } & {
            [key: string]: unknown;
        };
        /** @description A message that was refused as a whole. It looks like a refusal, with a report. */
        RefusedMessage: {
            /** @description A URI for this kind of problem. */
            type: string;
            /** @description The status that the message was refused with. */
            status: number;
            /** @description What is wrong, in a few words. */
            title: string;
            /** @description The details. */
            report: {
                /** @description What is wrong, for people. */
                message: string;
            };
        };
        /**
         * @description One line of a file of a failed batch. Rows that came by batch look like those under
         *     `row_errors`; rows that came by streaming have one of the other forms.
         */
        FailedRow: components["schemas"]["RowError"] | components["schemas"]["InvalidRow"] | components["schemas"]["UncheckedRow"] | components["schemas"]["RefusedMessage"];
        /** @description A list of files or, where `path` names a file of a single line, that line. A longer file is JSON Lines, one such object a line, and so no JSON document. */
        FailedContent: components["schemas"]["FilePage"] | components["schemas"]["FailedRow"];
        /** @description A file of a dataset. It is one file, or a folder of parts. */
        DataSetFileEntry: {
            /** @description The file's id, by which its parts are listed and downloaded. */
            dataSetFileId: string;
            /** @description The id of the view of the dataset that the file is in. */
            dataSetViewId?: string;
            /** @description The version of this record. */
            version?: string;
            /** @description When it was created, in milliseconds since 1970-01-01 UTC, as digits in a string. */
            created?: string;
            /** @description When it last changed, in milliseconds since 1970-01-01 UTC, as digits in a string. */
            updated?: string;
            /** @description How many rows it has, as digits in a string. */
            records?: string;
            /** @description Its size in bytes, as digits in a string. */
            size?: string;
            /** @description A mark of the platform's own; `false` in good files too. */
            isValid?: boolean;
            _links: components["schemas"]["SelfLink"];
        };
        /** @description Files of a dataset. */
        DataSetFilePage: {
            data: components["schemas"]["DataSetFileEntry"][];
            _page: components["schemas"]["Page"];
            _links?: components["schemas"]["PageLinks"];
        };
        /** @description The parts of a file, without a page around them. */
        OlderFileParts: components["schemas"]["FileEntry"][];
        /** @description The parts of a file; where its id stands for a folder, the files in it. Older answers are the bare list. */
        FileParts: components["schemas"]["FilePage"] | components["schemas"]["DataSetFilePage"] | components["schemas"]["OlderFileParts"];
        /** @description The credential, as form fields. The secret never goes into a URL. */
        TokenRequest: {
            /**
             * @description The kind of grant; there is one for servers.
             * @enum {string}
             */
            grant_type: "client_credentials";
            /** @description The client id of the credential; it is also the API key. */
            client_id: string;
            /** @description The client secret of the credential. */
            client_secret: string;
            /** @description The scopes that are asked for, with commas between them. */
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
            /** @description How long the token is good, in seconds; an older flow says it in milliseconds, so a value above 1,000,000 is one. */
            expires_in: number;
        };
        /** @description Why there is no token, after RFC 6749. */
        TokenError: {
            /** @description For programs, such as `invalid_client`. */
            error: string;
            /** @description What is wrong, for people. */
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
        /** @description The access token is wrong or has expired, or a permission is missing. */
        Unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The token or the API key is missing, or the organisation has no right to do this. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is larger than the gateway lets through. */
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
        /** @description The `content-type` is not one that this call takes. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The request is well formed, but says something that cannot be done. */
        UnprocessableContent: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Too many requests. The platform names the time to wait in some answers, not in all. */
        TooManyRequests: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The platform failed. Whether the call took effect is not known. */
        InternalServerError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The service takes no requests at the moment. The call had no effect. */
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
        /** @description The batch does not stand where this can be done to it. */
        PreconditionRequired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Refused. An answer to HEAD has no body, so the status alone says why. */
        Refused: {
            headers: {
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description Refused for now. An answer to HEAD has no body, so the status alone says why. */
        RefusedForNow: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The file ends before the range that was asked for begins. */
        RangeNotSatisfiable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description A field is missing or wrong, or a scope is not for this credential. */
        TokenBadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TokenError"];
            };
        };
        /** @description The client id or the client secret is wrong. */
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
         * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
         *     published and the platform then takes its default, the production sandbox. The client of this
         *     project always demands it and always sends it.
         * @example prod
         */
        SandboxName: string;
        /**
         * @description The batch's id.
         * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
         */
        BatchId: string;
        /**
         * @description `COMPLETE` hands the batch over to be ingested; it may be repeated. `ABORT` and `FAIL` give it
         *     up before it is loaded. `REVERT` takes back a batch that was loaded: it becomes `inactive` and
         *     later `deleted`. Written in upper case.
         * @example COMPLETE
         */
        BatchAction: components["schemas"]["BatchAction"];
        /**
         * @description The id of the dataset that the batch belongs to.
         * @example 5c8c3c555033b814b69f947f
         */
        DatasetId: string;
        /**
         * @description The name that the file gets in the batch. It may hold folders: their slashes go on the wire as
         *     they are, and each part between them is percent-encoded. Empty parts, `.` and `..` are never
         *     sent.
         * @example loyaltyData.parquet
         */
        FilePath: string;
        /**
         * @description `INITIALIZE` announces a large file before its first part, `COMPLETE` joins the parts after the last one. Written in upper case.
         * @example INITIALIZE
         */
        FileAction: components["schemas"]["FileAction"];
        /**
         * @description Which bytes of the file the body holds: `bytes {first}-{last}`, both counted from 0 and both
         *     included. A total after a slash is not in the published form and not refused here; neither
         *     is a placeholder in braces, which requests are published with.
         * @example bytes 0-99
         */
        UploadedRange: string;
        /**
         * @description The format of the files, in lower case.
         * @example csv
         */
        PreviewFormat: components["schemas"]["FileFormat"];
        /**
         * @description Whether each file is one JSON array and not JSON Lines. Default `false`.
         * @example false
         */
        PreviewMultiLineJson: boolean;
        /**
         * @description What stands between two CSV fields. Default `,`.
         * @example ,
         */
        PreviewDelimiter: string;
        /**
         * @description What a CSV field may be wrapped in. Default `"`.
         * @example "
         */
        PreviewQuote: string;
        /**
         * @description What makes the character after it literal. Default `\`.
         * @example \
         */
        PreviewEscape: string;
        /**
         * @description The character set of the files. Default UTF-8.
         * @example UTF-8
         */
        PreviewCharset: string;
        /**
         * @description Whether the first CSV line names the columns. Default `true`.
         * @example true
         */
        PreviewHeader: boolean;
        /**
         * @description How many rows are shown. Default 0, for which no meaning is published; a client that uses the call says that it must be below 10.
         * @example 5
         */
        PreviewRowCount: number;
        /**
         * @description Only batches of the dataset with this id.
         * @example 5cd9146b21dae914b71f654f
         */
        FilterDataSet: string;
        /**
         * @description Only batches that stand so. Several can be named with commas between them; a `!` before them turns the filter round.
         * @example success
         */
        FilterStatus: components["schemas"]["BatchStatus"] | string;
        /**
         * @description Only the batch with this id of the caller's own.
         * @example nightly-2026-01-31
         */
        FilterExternalId: string;
        /**
         * @description Only the batch with this id, or batches related to it.
         * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
         */
        FilterBatch: string;
        /**
         * @description Only batches that the client with this id (API key) created.
         * @example acp_foundation_push
         */
        FilterCreatedClient: string;
        /**
         * @description Only batches that this user created.
         * @example {USER_ID}
         */
        FilterCreatedUser: string;
        /**
         * @description Only batches that this user changed last.
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
         * @description Only batches with all of these labels, each as `{name}:{value}`, with commas between them. A `*` stands for the rest of a value.
         * @example test:2,acp_producer:*
         */
        FilterTags: string;
        /**
         * @description Only batches whose record has this version.
         * @example 1.0.3
         */
        FilterVersion: string;
        /**
         * @description A condition on one field, such as `externalId~^nightly`.
         * @example externalId~^nightly
         */
        FilterProperty: string;
        /**
         * @description What the batches are sorted by: a field, or several with commas between them, each with `asc:` (the default) or `desc:` before it.
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
         * @description Which fields of a batch come back, with commas between them. `status` has to be one of them, else the answer is not what this document promises.
         * @example status,created,metrics
         */
        Properties: string;
        /**
         * @description How many batches come back at most. Default 20.
         * @example 20
         */
        CatalogLimit: number;
        /**
         * @description How many batches are left out before the first one. Default 0.
         * @example 0
         */
        CatalogStart: number;
        /**
         * @description Whether the status, metrics and errors of the related objects are summed up in those of the batch. Default `false`.
         * @example true
         */
        Aggregate: boolean;
        /**
         * @description What is asked for: a folder (`row_errors` or `input_files`) is listed, a file
         *     (`row_errors/{name}`, `input_files/{name}` or `row_errors_sample.json`) is downloaded. Without
         *     it the top folder is listed.
         */
        DiagnosticPath: string;
        /**
         * @description How many entries a page holds at most. Default 100.
         * @example 100
         */
        PageLimit: number;
        /**
         * @description Where the page begins: the number of its first entry, counted from 0, or the name of a file. Both are published; the `next` link of a page has the right one. Default 0.
         * @example 0
         */
        PageStart: number | string;
        /**
         * @description The name of the file that is to be downloaded. Without it the files are listed.
         * @example part-00000-44c7b669-5e38-43fb-b56c-a0686dabb982-c000.json
         */
        FailedFile: string;
        /**
         * @description The file's id, as the list of a batch's files names it.
         * @example 8dcedb36-1cb2-4496-9a38-7b2041114b56-1
         */
        DataSetFileId: string;
        /**
         * @description The name of the part that is to be downloaded. Without it the parts are listed.
         * @example profiles.parquet
         */
        PartName: string;
        /**
         * @description Which bytes of the file are wanted: `bytes={first}-{last}`, both counted from 0 and both
         *     included. Only together with `path`. Without it the whole file comes.
         * @example bytes=0-99
         */
        WantedRange: string;
        /**
         * @description The name of the part that is asked about.
         * @example profiles.parquet
         */
        HeadPartName: string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description How long to wait before the next try, in seconds or as an HTTP date.
         * @example 2
         */
        RetryAfter: string;
        /**
         * @description Which bytes have arrived. How it is written was never published: a reader must take
         *     `bytes=0-99`, `bytes 0-99`, several ranges with commas between them, and no header at all.
         * @example bytes=0-99
         */
        ReceivedRange: string;
        /**
         * @description Which bytes of the file the body holds and, after the slash, how many bytes the file has. It need not be the range that was asked for.
         * @example bytes 0-99/249058
         */
        ContentRange: string;
        /**
         * @description The size of the file, in bytes.
         * @example 249058
         */
        FileLength: number;
        /**
         * @description The unit in which a part of the file may be asked for, `bytes`.
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
                 * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
                 *     published and the platform then takes its default, the production sandbox. The client of this
                 *     project always demands it and always sends it.
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
                 * @description `COMPLETE` hands the batch over to be ingested; it may be repeated. `ABORT` and `FAIL` give it
                 *     up before it is loaded. `REVERT` takes back a batch that was loaded: it becomes `inactive` and
                 *     later `deleted`. Written in upper case.
                 * @example COMPLETE
                 */
                action: components["parameters"]["BatchAction"];
            };
            header?: {
                /**
                 * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
                 *     published and the platform then takes its default, the production sandbox. The client of this
                 *     project always demands it and always sends it.
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
            /** @description Taken on. There is no body. */
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
                 * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
                 *     published and the platform then takes its default, the production sandbox. The client of this
                 *     project always demands it and always sends it.
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
                 * @description The id of the dataset that the batch belongs to.
                 * @example 5c8c3c555033b814b69f947f
                 */
                datasetId: components["parameters"]["DatasetId"];
                /**
                 * @description The name that the file gets in the batch. It may hold folders: their slashes go on the wire as
                 *     they are, and each part between them is percent-encoded. Empty parts, `.` and `..` are never
                 *     sent.
                 * @example loyaltyData.parquet
                 */
                filePath: components["parameters"]["FilePath"];
            };
            cookie?: never;
        };
        /** @description The bytes of the file, as they are; never a form. */
        requestBody: {
            content: {
                "application/octet-stream": Uint8Array | Blob | ByteSource;
            };
        };
        responses: {
            /** @description The file is there. There is no body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The file is there, and is new. There is no body. */
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
                 * @description `INITIALIZE` announces a large file before its first part, `COMPLETE` joins the parts after the last one. Written in upper case.
                 * @example INITIALIZE
                 */
                action: components["parameters"]["FileAction"];
            };
            header?: {
                /**
                 * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
                 *     published and the platform then takes its default, the production sandbox. The client of this
                 *     project always demands it and always sends it.
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
                 * @description The id of the dataset that the batch belongs to.
                 * @example 5c8c3c555033b814b69f947f
                 */
                datasetId: components["parameters"]["DatasetId"];
                /**
                 * @description The name that the file gets in the batch. It may hold folders: their slashes go on the wire as
                 *     they are, and each part between them is percent-encoded. Empty parts, `.` and `..` are never
                 *     sent.
                 * @example loyaltyData.parquet
                 */
                filePath: components["parameters"]["FilePath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file is finished; another answer to `COMPLETE`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompletedFile"];
                };
            };
            /** @description The file is announced, or finished. There is no body. */
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
                 * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
                 *     published and the platform then takes its default, the production sandbox. The client of this
                 *     project always demands it and always sends it.
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
                 * @description The id of the dataset that the batch belongs to.
                 * @example 5c8c3c555033b814b69f947f
                 */
                datasetId: components["parameters"]["DatasetId"];
                /**
                 * @description The name that the file gets in the batch. It may hold folders: their slashes go on the wire as
                 *     they are, and each part between them is percent-encoded. Empty parts, `.` and `..` are never
                 *     sent.
                 * @example loyaltyData.parquet
                 */
                filePath: components["parameters"]["FilePath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What has arrived is in `Range`. */
            200: {
                headers: {
                    Range: components["headers"]["ReceivedRange"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Refused"];
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
            404: components["responses"]["Refused"];
            414: components["responses"]["Refused"];
            415: components["responses"]["Refused"];
            429: components["responses"]["RefusedForNow"];
            500: components["responses"]["Refused"];
            503: components["responses"]["RefusedForNow"];
        };
    };
    uploadFilePart: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Which bytes of the file the body holds: `bytes {first}-{last}`, both counted from 0 and both
                 *     included. A total after a slash is not in the published form and not refused here; neither
                 *     is a placeholder in braces, which requests are published with.
                 * @example bytes 0-99
                 */
                "Content-Range": components["parameters"]["UploadedRange"];
                /**
                 * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
                 *     published and the platform then takes its default, the production sandbox. The client of this
                 *     project always demands it and always sends it.
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
                 * @description The id of the dataset that the batch belongs to.
                 * @example 5c8c3c555033b814b69f947f
                 */
                datasetId: components["parameters"]["DatasetId"];
                /**
                 * @description The name that the file gets in the batch. It may hold folders: their slashes go on the wire as
                 *     they are, and each part between them is percent-encoded. Empty parts, `.` and `..` are never
                 *     sent.
                 * @example loyaltyData.parquet
                 */
                filePath: components["parameters"]["FilePath"];
            };
            cookie?: never;
        };
        /** @description The bytes of the part, as many as `Content-Range` says. */
        requestBody: {
            content: {
                "application/octet-stream": Uint8Array | Blob | ByteSource;
            };
        };
        responses: {
            /** @description The part has arrived. There is no body. */
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
                 * @description Whether each file is one JSON array and not JSON Lines. Default `false`.
                 * @example false
                 */
                isMultiLineJson?: components["parameters"]["PreviewMultiLineJson"];
                /**
                 * @description What stands between two CSV fields. Default `,`.
                 * @example ,
                 */
                delimiter?: components["parameters"]["PreviewDelimiter"];
                /**
                 * @description What a CSV field may be wrapped in. Default `"`.
                 * @example "
                 */
                quote?: components["parameters"]["PreviewQuote"];
                /**
                 * @description What makes the character after it literal. Default `\`.
                 * @example \
                 */
                escape?: components["parameters"]["PreviewEscape"];
                /**
                 * @description The character set of the files. Default UTF-8.
                 * @example UTF-8
                 */
                charset?: components["parameters"]["PreviewCharset"];
                /**
                 * @description Whether the first CSV line names the columns. Default `true`.
                 * @example true
                 */
                header?: components["parameters"]["PreviewHeader"];
                /**
                 * @description How many rows are shown. Default 0, for which no meaning is published; a client that uses the call says that it must be below 10.
                 * @example 5
                 */
                nrow?: components["parameters"]["PreviewRowCount"];
            };
            header?: {
                /**
                 * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
                 *     published and the platform then takes its default, the production sandbox. The client of this
                 *     project always demands it and always sends it.
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
                 * @description The id of the dataset that the batch belongs to.
                 * @example 5c8c3c555033b814b69f947f
                 */
                datasetId: components["parameters"]["DatasetId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Columns and rows. */
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
                 * @description Only batches that stand so. Several can be named with commas between them; a `!` before them turns the filter round.
                 * @example success
                 */
                status?: components["parameters"]["FilterStatus"];
                /**
                 * @description Only the batch with this id of the caller's own.
                 * @example nightly-2026-01-31
                 */
                externalId?: components["parameters"]["FilterExternalId"];
                /**
                 * @description Only the batch with this id, or batches related to it.
                 * @example 5d01230fc78a4e4f8c0c6b387b4b8d1c
                 */
                batch?: components["parameters"]["FilterBatch"];
                /**
                 * @description Only batches that the client with this id (API key) created.
                 * @example acp_foundation_push
                 */
                createdClient?: components["parameters"]["FilterCreatedClient"];
                /**
                 * @description Only batches that this user created.
                 * @example {USER_ID}
                 */
                createdUser?: components["parameters"]["FilterCreatedUser"];
                /**
                 * @description Only batches that this user changed last.
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
                 * @description Only batches with all of these labels, each as `{name}:{value}`, with commas between them. A `*` stands for the rest of a value.
                 * @example test:2,acp_producer:*
                 */
                tags?: components["parameters"]["FilterTags"];
                /**
                 * @description Only batches whose record has this version.
                 * @example 1.0.3
                 */
                version?: components["parameters"]["FilterVersion"];
                /**
                 * @description A condition on one field, such as `externalId~^nightly`.
                 * @example externalId~^nightly
                 */
                property?: components["parameters"]["FilterProperty"];
                /**
                 * @description What the batches are sorted by: a field, or several with commas between them, each with `asc:` (the default) or `desc:` before it.
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
                 * @description Which fields of a batch come back, with commas between them. `status` has to be one of them, else the answer is not what this document promises.
                 * @example status,created,metrics
                 */
                properties?: components["parameters"]["Properties"];
                /**
                 * @description How many batches come back at most. Default 20.
                 * @example 20
                 */
                limit?: components["parameters"]["CatalogLimit"];
                /**
                 * @description How many batches are left out before the first one. Default 0.
                 * @example 0
                 */
                start?: components["parameters"]["CatalogStart"];
            };
            header?: {
                /**
                 * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
                 *     published and the platform then takes its default, the production sandbox. The client of this
                 *     project always demands it and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The batches, under their ids. */
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
                 * @description Which fields of a batch come back, with commas between them. `status` has to be one of them, else the answer is not what this document promises.
                 * @example status,created,metrics
                 */
                properties?: components["parameters"]["Properties"];
                /**
                 * @description Whether the status, metrics and errors of the related objects are summed up in those of the batch. Default `false`.
                 * @example true
                 */
                aggregate?: components["parameters"]["Aggregate"];
            };
            header?: {
                /**
                 * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
                 *     published and the platform then takes its default, the production sandbox. The client of this
                 *     project always demands it and always sends it.
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
            /** @description The batch, under its id. */
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
    getBatchMeta: {
        parameters: {
            query?: {
                /**
                 * @description What is asked for: a folder (`row_errors` or `input_files`) is listed, a file
                 *     (`row_errors/{name}`, `input_files/{name}` or `row_errors_sample.json`) is downloaded. Without
                 *     it the top folder is listed.
                 */
                path?: components["parameters"]["DiagnosticPath"];
                /**
                 * @description How many entries a page holds at most. Default 100.
                 * @example 100
                 */
                limit?: components["parameters"]["PageLimit"];
                /**
                 * @description Where the page begins: the number of its first entry, counted from 0, or the name of a file. Both are published; the `next` link of a page has the right one. Default 0.
                 * @example 0
                 */
                start?: components["parameters"]["PageStart"];
            };
            header?: {
                /**
                 * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
                 *     published and the platform then takes its default, the production sandbox. The client of this
                 *     project always demands it and always sends it.
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
            /** @description A list of files, or a file. */
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
                 * @description The name of the file that is to be downloaded. Without it the files are listed.
                 * @example part-00000-44c7b669-5e38-43fb-b56c-a0686dabb982-c000.json
                 */
                path?: components["parameters"]["FailedFile"];
                /**
                 * @description How many entries a page holds at most. Default 100.
                 * @example 100
                 */
                limit?: components["parameters"]["PageLimit"];
                /**
                 * @description Where the page begins: the number of its first entry, counted from 0, or the name of a file. Both are published; the `next` link of a page has the right one. Default 0.
                 * @example 0
                 */
                start?: components["parameters"]["PageStart"];
            };
            header?: {
                /**
                 * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
                 *     published and the platform then takes its default, the production sandbox. The client of this
                 *     project always demands it and always sends it.
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
            /** @description A list of files, or a file. */
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
                 * @description How many entries a page holds at most. Default 100.
                 * @example 100
                 */
                limit?: components["parameters"]["PageLimit"];
                /**
                 * @description Where the page begins: the number of its first entry, counted from 0, or the name of a file. Both are published; the `next` link of a page has the right one. Default 0.
                 * @example 0
                 */
                start?: components["parameters"]["PageStart"];
            };
            header?: {
                /**
                 * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
                 *     published and the platform then takes its default, the production sandbox. The client of this
                 *     project always demands it and always sends it.
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
                 * @description The name of the part that is to be downloaded. Without it the parts are listed.
                 * @example profiles.parquet
                 */
                path?: components["parameters"]["PartName"];
                /**
                 * @description How many entries a page holds at most. Default 100.
                 * @example 100
                 */
                limit?: components["parameters"]["PageLimit"];
                /**
                 * @description Where the page begins: the number of its first entry, counted from 0, or the name of a file. Both are published; the `next` link of a page has the right one. Default 0.
                 * @example 0
                 */
                start?: components["parameters"]["PageStart"];
            };
            header?: {
                /**
                 * @description Which bytes of the file are wanted: `bytes={first}-{last}`, both counted from 0 and both
                 *     included. Only together with `path`. Without it the whole file comes.
                 * @example bytes=0-99
                 */
                Range?: components["parameters"]["WantedRange"];
                /**
                 * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
                 *     published and the platform then takes its default, the production sandbox. The client of this
                 *     project always demands it and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The file's id, as the list of a batch's files names it.
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
            /** @description The range of the part. */
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
                 * @description The name of the part that is asked about.
                 * @example profiles.parquet
                 */
                path: components["parameters"]["HeadPartName"];
            };
            header?: {
                /**
                 * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
                 *     published and the platform then takes its default, the production sandbox. The client of this
                 *     project always demands it and always sends it.
                 * @example prod
                 */
                "x-sandbox-name"?: components["parameters"]["SandboxName"];
            };
            path: {
                /**
                 * @description The file's id, as the list of a batch's files names it.
                 * @example 8dcedb36-1cb2-4496-9a38-7b2041114b56-1
                 */
                dataSetFileId: components["parameters"]["DataSetFileId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The part is there. */
            200: {
                headers: {
                    "Content-Length": components["headers"]["FileLength"];
                    "Accept-Ranges": components["headers"]["AcceptRanges"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Refused"];
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
            404: components["responses"]["Refused"];
            429: components["responses"]["RefusedForNow"];
            500: components["responses"]["Refused"];
            503: components["responses"]["RefusedForNow"];
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
