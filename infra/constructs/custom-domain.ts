import { ApiMapping, DomainName, type IApi, type IStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnOutput } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface CustomDomainProps {
  readonly domainName: string;
  /** Of a certificate of ACM, in the region of the stack, that holds for the name. */
  readonly certificateArn: string;
  readonly api: IApi;
  readonly stage: IStage;
  /** First parts of the path that lead to the API, which may have several. @default every path does */
  readonly paths?: readonly string[];
}

/**
 * A name of one's own for an API. HTTP and WebSocket APIs need one each: API Gateway maps a WebSocket API to no name that
 * leads to an API of another kind.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mappings.html
 */
export class CustomDomain extends Construct {
  constructor(scope: Construct, id: string, { domainName, certificateArn, api, stage, paths }: CustomDomainProps) {
    super(scope, id);
    const domain = new DomainName(this, 'Name', {
      domainName,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
    });
    for (const path of paths ?? [undefined]) {
      new ApiMapping(this, `Mapping-${path ?? 'root'}`, {
        api,
        stage,
        domainName: domain,
        ...(path === undefined ? {} : { apiMappingKey: path }),
      });
    }
    new CfnOutput(this, 'Target', {
      value: domain.regionalDomainName,
      description: `What the DNS record of ${domainName} (CNAME, or an alias in Route 53) must name`,
    });
  }
}
