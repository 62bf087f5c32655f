// Generated from spec/openapi.yaml by `make generate`. Do not edit: change spec/ and generate again.

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
        BatchStatus: "loading" | "loaded" | "queued" | "processing" | "staging" | "staged" | "retrying" | "stalled" | "success" | "active" | "failed" | "failure" | "aborted" | "abandoned" | "inactive" | "deleted" | "archived" | "retained";
        /**
         * @description The kind of object; `dataSet` is the dataset that the batch belongs to.
         * @enum {string}
         */
        RelatedObjectType: "batch" | "connection" | "connector" | "dataSet" | "dataSetFile" | "dataSetView" | "expressionBlock" | "service" | "serviceDefinition" | "transform";
        /** @description An object of the platform that has to do with the batch. */
        RelatedObject: {
            type: components["schemas"]["RelatedObjectType"];
            /** @description The id of that object. */
            id: string;
            /** @description The part that the object plays for the batch, such as `input` or `output`. */
            tag?: string;
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
            tags?: components["schemas"]["Tags"];
            /** @description The caller's own id for the batch, or the batch's id where none was given. */
            externalId?: string;
            inputFormat?: components["schemas"]["CreatedInputFormat"];
            replay?: components["schemas"]["CreatedReplay"];
        };
        /** @description What the gateway answers before any service is reached. */
        GatewayError: {
            /** @description Six digits, the status first: 403010 no token, 401013 bad token, 403000 and 403003 api key missing or wrong, 400003 header missing, 403025 organisation not entitled, 429050 too many requests. */
            error_code: string;
            /** @description What is wrong, for people. */
            message: string;
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
    };
    parameters: {
        /**
         * @description The sandbox the call works in, in lower case. Optional here, because requests without it are
         *     published and the platform then takes its default, the production sandbox. The client of this
         *     project always demands it and always sends it.
         * @example prod
         */
        SandboxName: string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description How long to wait before the next try, in seconds or as an HTTP date.
         * @example 2
         */
        RetryAfter: string;
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
}
