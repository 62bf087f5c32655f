/** Where the platform is, unless `origin` says otherwise. */
export const PLATFORM_ORIGIN = 'https://platform.adobe.io';
/** Where tokens come from, unless the credentials say otherwise. */
export const IMS_ORIGIN = 'https://ims-na1.adobelogin.com';
